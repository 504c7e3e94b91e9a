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

$id = 'doctor-' + [Guid]::NewGuid().ToString('N')
$folder = Join-Path -Path $env:ProgramData -ChildPath "arcwright\$id"
$task = $none
$names = @()
$why = ''
try {
    $null = New-Item -ItemType Directory -Path $folder -Force
    [System.IO.File]::WriteAllText((Join-Path -Path $folder -ChildPath 'run.ps1'), $runner)
    [System.IO.File]::WriteAllText((Join-Path -Path $folder -ChildPath 'given.json'), (ConvertTo-Json -InputObject ([ordered]@{ peer = $peer }) -Compress))
    $action = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument ('-NoProfile -NonInteractive -ExecutionPolicy Bypass -File "{0}"' -f (Join-Path -Path $folder -ChildPath 'run.ps1'))
    $null = Register-ScheduledTask -TaskPath '\arcwright\' -TaskName $id -Action $action -User ([string]$Params.user) -Password ([string]$Secrets.account) -RunLevel Highest -Force
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
        # The scheduler's own code says why: 0x80070569 is a logon type that was not granted.
        $info = Get-ScheduledTaskInfo -TaskPath '\arcwright\' -TaskName $id
        $task = [ordered]@{ state = 'refused'; message = ('the task did not run: 0x{0:X8}' -f [int]$info.LastTaskResult) }
    }
} catch {
    $task = [ordered]@{ state = 'refused'; message = [string]$_.Exception.Message }
} finally {
    Unregister-ScheduledTask -TaskPath '\arcwright\' -TaskName $id -Confirm:$false -ErrorAction SilentlyContinue
    Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction SilentlyContinue
}

[ordered]@{ session = $session; task = $task; credssp = $credssp; names = $names; why = $why }
