# Tries whether this session, a scheduled task with the account's password, and CredSSP reach another host in the
# account's name, and reads the names that the directory has for this host. The task is removed again.
param($Params, $Secrets)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# Test-Way runs one try, and says what came of it.
function Test-Way {
    param([scriptblock]$Try)
    try {
        $null = & $Try
        [ordered]@{ state = 'works'; message = '' }
    } catch {
        [ordered]@{ state = 'refused'; message = [string]$_.Exception.Message }
    }
}

$peer = [string]$Params.peer
$none = [ordered]@{ state = 'not-tried'; message = '' }

$session = $none
$credssp = $none
if ($peer -ne '') {
    $session = Test-Way -Try { Test-WSMan -ComputerName $peer -Authentication Default }
    $password = ConvertTo-SecureString -String ([string]$Secrets.account) -AsPlainText -Force
    $credential = New-Object -TypeName System.Management.Automation.PSCredential -ArgumentList ([string]$Params.user), $password
    $credssp = Test-Way -Try { Test-WSMan -ComputerName $peer -Authentication Credssp -Credential $credential }
}

# The task runs this text, finds its files by its own place, and writes what it saw beside it.
$runner = @'
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$given = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText((Join-Path -Path $PSScriptRoot -ChildPath 'given.json')))
$way = [ordered]@{ state = 'not-tried'; message = '' }
if ([string]$given.peer -ne '') {
    try {
        $null = Test-WSMan -ComputerName ([string]$given.peer) -Authentication Default
        $way.state = 'works'
    } catch {
        $way.state = 'refused'
        $way.message = [string]$_.Exception.Message
    }
}
$names = @()
$why = ''
try {
    $searcher = New-Object -TypeName System.DirectoryServices.DirectorySearcher -ArgumentList "(&(objectCategory=computer)(sAMAccountName=$env:COMPUTERNAME$))"
    $found = $searcher.FindOne()
    if ($null -ne $found) {
        $names = @(foreach ($name in $found.Properties['serviceprincipalname']) { [string]$name })
    }
} catch {
    $why = [string]$_.Exception.Message
}
$text = ConvertTo-Json -InputObject ([ordered]@{ way = $way; names = $names; why = $why }) -Depth 4 -Compress
[System.IO.File]::WriteAllText((Join-Path -Path $PSScriptRoot -ChildPath 'seen.json.new'), $text)
Move-Item -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath 'seen.json.new') -Destination (Join-Path -Path $PSScriptRoot -ChildPath 'seen.json')
'@

# What an earlier look has left because it was cut off.
foreach ($old in @(Get-ScheduledTask -TaskPath '\arcwright\' -ErrorAction SilentlyContinue | Where-Object -FilterScript { $_.TaskName -like 'doctor-*' -and [string]$_.State -ne 'Running' })) {
    Unregister-ScheduledTask -TaskPath '\arcwright\' -TaskName ([string]$old.TaskName) -Confirm:$false -ErrorAction SilentlyContinue
}
$id = 'doctor-' + [Guid]::NewGuid().ToString('N')
$folder = Join-Path -Path $env:ProgramData -ChildPath "arcwright\$id"
$task = $none
$names = @()
$why = ''
try {
    # The task runs what lies there as an administrator: nobody else may write it.
    if ([System.IO.Directory]::Exists($folder)) {
        throw "$folder is there already"
    }
    $rules = New-Object -TypeName System.Security.AccessControl.DirectorySecurity
    $rules.SetAccessRuleProtection($true, $false)
    foreach ($sid in @([System.Security.Principal.WindowsIdentity]::GetCurrent().User.Value, 'S-1-5-32-544', 'S-1-5-18')) {
        $who = New-Object -TypeName System.Security.Principal.SecurityIdentifier -ArgumentList $sid
        $rule = New-Object -TypeName System.Security.AccessControl.FileSystemAccessRule -ArgumentList $who, 'FullControl', 'ContainerInherit, ObjectInherit', 'None', 'Allow'
        $rules.AddAccessRule($rule)
    }
    [void][System.IO.Directory]::CreateDirectory($folder, $rules)
    [System.IO.File]::WriteAllText((Join-Path -Path $folder -ChildPath 'run.ps1'), $runner)
    [System.IO.File]::WriteAllText((Join-Path -Path $folder -ChildPath 'given.json'), (ConvertTo-Json -InputObject ([ordered]@{ peer = $peer }) -Compress))
    $action = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument ('-NoProfile -NonInteractive -ExecutionPolicy Bypass -File "{0}"' -f (Join-Path -Path $folder -ChildPath 'run.ps1'))
    # Cut off, it is gone by itself: a trigger that never fires ends, and the task with it.
    $trigger = New-ScheduledTaskTrigger -Once -At ([DateTime]::Now.AddMinutes(-1))
    $trigger.EndBoundary = [DateTime]::Now.AddMinutes(10).ToString('s', [System.Globalization.CultureInfo]::InvariantCulture)
    $settings = New-ScheduledTaskSettingsSet -ExecutionTimeLimit ([TimeSpan]::FromMinutes(2)) -DeleteExpiredTaskAfter ([TimeSpan]::FromSeconds(1))
    $null = Register-ScheduledTask -TaskPath '\arcwright\' -TaskName $id -Action $action -Trigger $trigger -Settings $settings -User ([string]$Params.user) -Password ([string]$Secrets.account) -RunLevel Highest -Force
    Start-ScheduledTask -TaskPath '\arcwright\' -TaskName $id
    $seen = Join-Path -Path $folder -ChildPath 'seen.json'
    for ($try = 0; $try -lt 150 -and -not (Test-Path -LiteralPath $seen); $try++) {
        Start-Sleep -Milliseconds 200
    }
    if (Test-Path -LiteralPath $seen) {
        $told = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($seen))
        $task = [ordered]@{ state = [string]$told.way.state; message = [string]$told.way.message }
        $names = @(foreach ($name in @($told.names)) { [string]$name })
        $why = [string]$told.why
    } else {
        # The scheduler's own code says why: 0x80070569 is a logon type that was not granted, 0x00041301
        # a task that runs still.
        $info = Get-ScheduledTaskInfo -TaskPath '\arcwright\' -TaskName $id
        $code = [int64]$info.LastTaskResult
        $task = [ordered]@{ state = 'refused'; message = ('the task did not run: 0x{0:X8}' -f $code) }
        if ($code -eq 0x41301) {
            $task.message = 'the task had no answer from the other host in 30 seconds'
        }
    }
} catch {
    $task = [ordered]@{ state = 'refused'; message = [string]$_.Exception.Message }
} finally {
    Unregister-ScheduledTask -TaskPath '\arcwright\' -TaskName $id -Confirm:$false -ErrorAction SilentlyContinue
    Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction SilentlyContinue
}

[ordered]@{ session = $session; task = $task; credssp = $credssp; names = $names; why = $why }
