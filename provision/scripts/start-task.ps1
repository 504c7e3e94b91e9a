# Starts one script of the catalogue as a detached task, at most once for each id. It first looks
# at the lease and writes the record of what the task will make, so that nothing is ever made
# without a lease or without a record.
param($Params, $Secrets)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

function Stop-Script {
    param([string]$Code, [string]$Message)
    $exception = New-Object -TypeName System.InvalidOperationException -ArgumentList $Message
    throw (New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList $exception, $Code, 'InvalidOperation', $null)
}

# Lock-Path opens a file for this process alone; whoever else wants it waits up to 20 seconds.
function Lock-Path {
    param([string]$Path)
    for ($try = 0; $try -lt 200; $try++) {
        try {
            return [System.IO.File]::Open($Path, 'OpenOrCreate', 'ReadWrite', 'None')
        } catch [System.IO.IOException] {
            Start-Sleep -Milliseconds 100
        }
    }
    Stop-Script -Code 'LockBusy' -Message "$Path is in use by another process"
}

function Format-Now {
    [datetime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [System.Globalization.CultureInfo]::InvariantCulture)
}

# Write-Whole replaces a file, so that a reader never sees half of one.
function Write-Whole {
    param([string]$Path, [string]$Text)
    [System.IO.File]::WriteAllText("$Path.new", $Text)
    Move-Item -LiteralPath "$Path.new" -Destination $Path -Force
}

# Test-Running says whether the process of a task is there; one that was only just started counts.
function Test-Running {
    param($State)
    if ([string]$State.state -ne 'running') {
        return $false
    }
    if ([int]$State.process -le 0) {
        $started = [datetime]::Parse([string]$State.startedAt, [System.Globalization.CultureInfo]::InvariantCulture, 'AdjustToUniversal, AssumeUniversal')
        return ([datetime]::UtcNow - $started).TotalSeconds -lt 60
    }
    foreach ($process in @(Get-Process -Id ([int]$State.process) -ErrorAction SilentlyContinue)) {
        $began = $process.StartTime.ToUniversalTime().ToString('o', [System.Globalization.CultureInfo]::InvariantCulture)
        if ($began -eq [string]$State.processStartedAt) {
            return $true
        }
    }
    return $false
}

# What the scheduler runs. It lies beside the task's files and finds them by its own place.
$runner = @'
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$global:VerbosePreference = 'Continue'
$global:InformationPreference = 'Continue'
$global:ProgressPreference = 'SilentlyContinue'

$folder = $PSScriptRoot
$statePath = Join-Path -Path $folder -ChildPath 'state.json'
$task = [System.IO.File]::ReadAllText((Join-Path -Path $folder -ChildPath 'task.json')) | ConvertFrom-Json
$state = [System.IO.File]::ReadAllText($statePath) | ConvertFrom-Json

function Save-State {
    $text = ConvertTo-Json -Compress -Depth 4 -InputObject $state
    [System.IO.File]::WriteAllText("$statePath.new", $text)
    Move-Item -LiteralPath "$statePath.new" -Destination $statePath -Force
}

$state.process = $PID
$state.processStartedAt = (Get-Process -Id $PID).StartTime.ToUniversalTime().ToString('o', [System.Globalization.CultureInfo]::InvariantCulture)
Save-State

$stream = [System.IO.File]::Open((Join-Path -Path $folder -ChildPath 'output.log'), 'Append', 'Write', 'ReadWrite')
$writer = New-Object -TypeName System.IO.StreamWriter -ArgumentList $stream, (New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false)
$writer.NewLine = "`n"
$writer.AutoFlush = $true
try {
    # The secrets are erased before anything else runs.
    $secrets = New-Object -TypeName psobject
    $secretPath = Join-Path -Path $folder -ChildPath 'secrets.bin'
    if ([System.IO.File]::Exists($secretPath)) {
        Add-Type -AssemblyName System.Security
        $bytes = [System.IO.File]::ReadAllBytes($secretPath)
        $sealed = New-Object -TypeName byte[] -ArgumentList ($bytes.Length - 1)
        [Array]::Copy($bytes, 1, $sealed, 0, $sealed.Length)
        [System.IO.File]::WriteAllBytes($secretPath, (New-Object -TypeName byte[] -ArgumentList $bytes.Length))
        [System.IO.File]::Delete($secretPath)
        $plain = [System.Security.Cryptography.ProtectedData]::Unprotect($sealed, $null, [System.Security.Cryptography.DataProtectionScope][int]$bytes[0])
        $secrets = [System.Text.Encoding]::UTF8.GetString($plain) | ConvertFrom-Json
    }
    & (Join-Path -Path $folder -ChildPath 'script.ps1') $task.params $secrets *>&1 | ForEach-Object -Process {
        # Only messages are kept: the objects that cmdlets return may hold identities and keys.
        if ($_ -is [System.Management.Automation.VerboseRecord]) {
            $writer.WriteLine($_.Message)
        } elseif ($_ -is [System.Management.Automation.WarningRecord]) {
            $writer.WriteLine('WARNING: ' + $_.Message)
        } elseif ($_ -is [System.Management.Automation.InformationRecord]) {
            $writer.WriteLine([string]$_.MessageData)
        } elseif ($_ -is [System.Management.Automation.ErrorRecord]) {
            $writer.WriteLine('ERROR: ' + $_.Exception.Message)
        } elseif ($_ -is [string]) {
            $writer.WriteLine($_)
        }
    }
    if ($task.removes) {
        Remove-Item -LiteralPath $task.recordPath -Force -ErrorAction SilentlyContinue
    }
    $state.state = 'succeeded'
} catch {
    # Vendor modules put whole messages into the id; only a plain word is a code.
    $code = [string]$_.FullyQualifiedErrorId
    if ($code -notmatch '^[A-Za-z][A-Za-z0-9]{0,63}$') {
        $code = 'ScriptFailed'
    }
    # The name was taken by somebody else since we looked: the record would be a false claim.
    if ($code -eq 'NameTaken' -and $task.recordIsNew) {
        Remove-Item -LiteralPath $task.recordPath -Force -ErrorAction SilentlyContinue
    }
    $writer.WriteLine('ERROR: ' + $_.Exception.Message)
    $state.state = 'failed'
    $state.error = New-Object -TypeName psobject -Property @{ code = $code; message = [string]$_.Exception.Message }
} finally {
    $writer.Dispose()
    $state.endedAt = [datetime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [System.Globalization.CultureInfo]::InvariantCulture)
    Save-State
    Unregister-ScheduledTask -TaskPath '\arcwright\' -TaskName $task.id -Confirm:$false -ErrorAction SilentlyContinue
}
'@

$id = [string]$Params.id
if ($id -notmatch '^[A-Za-z0-9][A-Za-z0-9.-]{0,199}$') {
    Stop-Script -Code 'BadRequest' -Message "$id is no name for a task"
}
$record = $Params.record
$removes = [string]$Params.script -in @('remove-cluster', 'remove-node-pool', 'uninstall-akshci')

$root = Join-Path -Path $env:ProgramData -ChildPath 'arcwright'
$tasks = Join-Path -Path $root -ChildPath 'tasks'
$account = [System.Security.Principal.WindowsIdentity]::GetCurrent()

# The folder of the tasks is for this account and the administrators only.
if (-not [System.IO.Directory]::Exists($tasks)) {
    [void][System.IO.Directory]::CreateDirectory($tasks)
}
$rules = New-Object -TypeName System.Security.AccessControl.DirectorySecurity
$rules.SetAccessRuleProtection($true, $false)
foreach ($sid in @($account.User.Value, 'S-1-5-32-544', 'S-1-5-18')) {
    $who = New-Object -TypeName System.Security.Principal.SecurityIdentifier -ArgumentList $sid
    $rule = New-Object -TypeName System.Security.AccessControl.FileSystemAccessRule -ArgumentList $who, 'FullControl', 'ContainerInherit, ObjectInherit', 'None', 'Allow'
    $rules.AddAccessRule($rule)
}
Set-Acl -LiteralPath $tasks -AclObject $rules

# The lease is locked while the task is started, so that it cannot be overtaken in between.
$leasePath = [string]$Params.lease.path
[void][System.IO.Directory]::CreateDirectory((Split-Path -Path $leasePath -Parent))
$leaseLock = Lock-Path -Path "$leasePath.lock"
$taskLock = $null
try {
    $taskLock = Lock-Path -Path (Join-Path -Path $root -ChildPath 'tasks.lock')
    $epoch = 0
    if ([System.IO.File]::Exists($leasePath)) {
        $lease = [System.IO.File]::ReadAllText($leasePath) | ConvertFrom-Json
        $epoch = [int64]$lease.epoch
    }
    if ($epoch -ne [int64]$Params.lease.epoch) {
        Stop-Script -Code 'LeaseOvertaken' -Message "the lease is at epoch $epoch and this run holds epoch $($Params.lease.epoch)"
    }

    # An id is started once, ever. This is what makes a lost answer harmless.
    $folder = Join-Path -Path $tasks -ChildPath $id
    $statePath = Join-Path -Path $folder -ChildPath 'state.json'
    if ([System.IO.File]::Exists($statePath)) {
        return [ordered]@{ state = 'running' }
    }

    # Two tasks must not work on the same thing, and nothing runs beside a change of the whole site.
    $wide = @('config', 'install')
    foreach ($other in @(Get-ChildItem -LiteralPath $tasks -Directory)) {
        $otherState = Join-Path -Path $other.FullName -ChildPath 'state.json'
        $otherTask = Join-Path -Path $other.FullName -ChildPath 'task.json'
        if ($other.Name -eq $id -or -not [System.IO.File]::Exists($otherState)) {
            continue
        }
        if (-not (Test-Running -State ([System.IO.File]::ReadAllText($otherState) | ConvertFrom-Json))) {
            continue
        }
        $what = ([System.IO.File]::ReadAllText($otherTask) | ConvertFrom-Json).record
        $same = ([string]$what.kind -eq [string]$record.kind) -and ([string]$what.name -eq [string]$record.name)
        if ($same -or $what.kind -in $wide -or $record.kind -in $wide) {
            Stop-Script -Code 'TaskBusy' -Message "the task $($other.Name) is still running on this host"
        }
    }

    # The record comes before the thing. Somebody else's record is never touched.
    $records = Join-Path -Path (Split-Path -Path $leasePath -Parent) -ChildPath 'records'
    [void][System.IO.Directory]::CreateDirectory($records)
    $recordPath = Join-Path -Path $records -ChildPath ('{0}.{1}.json' -f [string]$record.kind, ([string]$record.name).Replace('/', '.'))
    $recordIsNew = -not [System.IO.File]::Exists($recordPath)
    if (-not $recordIsNew) {
        $found = [System.IO.File]::ReadAllText($recordPath) | ConvertFrom-Json
        if ([string]$found.site -cne [string]$record.site) {
            Stop-Script -Code 'RecordForeign' -Message "$($record.kind) $($record.name) belongs to the site $($found.site)"
        }
    }
    if ($removes -and $recordIsNew) {
        Stop-Script -Code 'RecordMissing' -Message "$($record.kind) $($record.name) was not made by this site, so it is not removed"
    }
    if (-not $removes) {
        Write-Whole -Path $recordPath -Text (ConvertTo-Json -Compress -InputObject ([ordered]@{
                    kind = [string]$record.kind; name = [string]$record.name; site = [string]$record.site; plan = [string]$record.plan
                    step = [string]$record.step; run = [string]$record.run; at = (Format-Now)
                }))
    }

    # What is left of a start that died half way is begun again.
    if ([System.IO.Directory]::Exists($folder)) {
        Remove-Item -LiteralPath $folder -Recurse -Force
    }
    [void][System.IO.Directory]::CreateDirectory($folder)
    $task = [ordered]@{
        id = $id; script = [string]$Params.script; params = $Params.params; record = $record
        recordPath = $recordPath; recordIsNew = $recordIsNew; removes = $removes
    }
    Write-Whole -Path (Join-Path -Path $folder -ChildPath 'task.json') -Text (ConvertTo-Json -Compress -Depth 12 -InputObject $task)
    Write-Whole -Path (Join-Path -Path $folder -ChildPath 'script.ps1') -Text ([string]$Params.text)
    $runPath = Join-Path -Path $folder -ChildPath 'run.ps1'
    Write-Whole -Path $runPath -Text $runner

    # The account's own password is for the scheduler; every other secret is for the script.
    $password = ''
    $sealed = [ordered]@{}
    if ($null -ne $Secrets) {
        foreach ($secret in @($Secrets.PSObject.Properties)) {
            if ($secret.Name -ceq 'account') {
                $password = [string]$secret.Value
            } else {
                $sealed[$secret.Name] = [string]$secret.Value
            }
        }
    }
    if ($sealed.Count -gt 0) {
        Add-Type -AssemblyName System.Security
        $plain = [System.Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -Compress -InputObject $sealed))
        # A network logon often cannot use the account's own key (it has no password to open it
        # with). Then the machine's key is used, and the access list alone keeps others out.
        $scope = [System.Security.Cryptography.DataProtectionScope]::CurrentUser
        try {
            $bytes = [System.Security.Cryptography.ProtectedData]::Protect($plain, $null, $scope)
        } catch [System.Security.Cryptography.CryptographicException] {
            $scope = [System.Security.Cryptography.DataProtectionScope]::LocalMachine
            $bytes = [System.Security.Cryptography.ProtectedData]::Protect($plain, $null, $scope)
        }
        $secretPath = Join-Path -Path $folder -ChildPath 'secrets.bin'
        [System.IO.File]::WriteAllBytes($secretPath, (New-Object -TypeName byte[] -ArgumentList 0))
        $only = New-Object -TypeName System.Security.AccessControl.FileSecurity
        $only.SetAccessRuleProtection($true, $false)
        $rule = New-Object -TypeName System.Security.AccessControl.FileSystemAccessRule -ArgumentList $account.User, 'FullControl', 'Allow'
        $only.AddAccessRule($rule)
        Set-Acl -LiteralPath $secretPath -AclObject $only
        $whole = New-Object -TypeName byte[] -ArgumentList ($bytes.Length + 1)
        $whole[0] = [byte][int]$scope
        [Array]::Copy($bytes, 0, $whole, 1, $bytes.Length)
        [System.IO.File]::WriteAllBytes($secretPath, $whole)
    }

    $state = [ordered]@{
        id = $id; script = [string]$Params.script; state = 'running'; process = 0; processStartedAt = ''
        startedAt = (Format-Now); endedAt = $null; error = $null
    }
    try {
        $powershell = Join-Path -Path $PSHOME -ChildPath 'powershell.exe'
        $arguments = '-NoProfile -NonInteractive -ExecutionPolicy Bypass -File "{0}"' -f $runPath
        $action = New-ScheduledTaskAction -Execute $powershell -Argument $arguments -WorkingDirectory $folder
        $settings = New-ScheduledTaskSettingsSet -ExecutionTimeLimit ([timespan]::Zero) -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -MultipleInstances IgnoreNew
        $register = @{ TaskPath = '\arcwright\'; TaskName = $id; Action = $action; Settings = $settings; Force = $true }
        if ($password -ne '') {
            # With the password the task has a network logon, which the vendor's cmdlets need for other hosts.
            [void](Register-ScheduledTask @register -User $account.Name -Password $password -RunLevel Highest)
        } else {
            $principal = New-ScheduledTaskPrincipal -UserId $account.Name -LogonType S4U -RunLevel Highest
            [void](Register-ScheduledTask @register -Principal $principal)
        }
        Write-Whole -Path $statePath -Text (ConvertTo-Json -Compress -Depth 4 -InputObject $state)
        Start-ScheduledTask -TaskPath '\arcwright\' -TaskName $id
    } catch {
        Unregister-ScheduledTask -TaskPath '\arcwright\' -TaskName $id -Confirm:$false -ErrorAction SilentlyContinue
        Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction SilentlyContinue
        Stop-Script -Code 'TaskNotRegistered' -Message "the scheduler refused the task: $($_.Exception.Message)"
    }
    [ordered]@{ state = 'started' }
} finally {
    if ($null -ne $taskLock) {
        $taskLock.Dispose()
    }
    $leaseLock.Dispose()
}
