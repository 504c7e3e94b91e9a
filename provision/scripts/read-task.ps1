# Reads the state of one task, and its output from a byte offset on. Changes nothing.
param($Params, $Secrets)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$most = 65536
$id = [string]$Params.id
$offset = [int64]$Params.offset
$answer = [ordered]@{
    exists = $false; id = $id; script = ''; state = ''; output = ''; next = $offset
    error = $null; startedAt = $null; endedAt = $null
}
$folder = Join-Path -Path $env:ProgramData -ChildPath "arcwright\tasks\$id"
$statePath = Join-Path -Path $folder -ChildPath 'state.json'
if (-not [System.IO.File]::Exists($statePath)) {
    return $answer
}

# The state file is replaced, never written in place, so what is read is always whole.
$state = [System.IO.File]::ReadAllText($statePath) | ConvertFrom-Json
$answer.exists = $true
$answer.script = [string]$state.script
$answer.state = [string]$state.state
$answer.error = $state.error
$answer.startedAt = $state.startedAt
$answer.endedAt = $state.endedAt

# A task whose process is gone has ended, whatever its file says.
if ($answer.state -eq 'running') {
    $alive = $false
    if ([int]$state.process -gt 0) {
        foreach ($process in @(Get-Process -Id ([int]$state.process) -ErrorAction SilentlyContinue)) {
            $began = $process.StartTime.ToUniversalTime().ToString('o', [System.Globalization.CultureInfo]::InvariantCulture)
            $alive = $began -eq [string]$state.processStartedAt
        }
        $code = 'TaskLost'
        $message = 'the process of the task is gone: the host restarted, or somebody ended it'
    } else {
        # Not begun yet: the scheduler is given a minute.
        $started = [datetime]::Parse([string]$state.startedAt, [System.Globalization.CultureInfo]::InvariantCulture, 'AdjustToUniversal, AssumeUniversal')
        $alive = ([datetime]::UtcNow - $started).TotalSeconds -lt 60
        $code = 'TaskNeverStarted'
        $message = 'the scheduler did not start the task within a minute'
        foreach ($info in @(Get-ScheduledTaskInfo -TaskPath '\arcwright\' -TaskName $id -ErrorAction SilentlyContinue)) {
            $message = '{0}; its last result is 0x{1:X8}' -f $message, [int64]$info.LastTaskResult
        }
    }
    if (-not $alive) {
        # It may have ended between the two looks.
        $state = [System.IO.File]::ReadAllText($statePath) | ConvertFrom-Json
        $answer.state = [string]$state.state
        $answer.error = $state.error
        $answer.endedAt = $state.endedAt
        if ($answer.state -eq 'running') {
            $answer.state = 'failed'
            $answer.error = [ordered]@{ code = $code; message = $message }
        }
    }
}

$outputPath = Join-Path -Path $folder -ChildPath 'output.log'
if ([System.IO.File]::Exists($outputPath)) {
    $stream = [System.IO.File]::Open($outputPath, 'Open', 'Read', 'ReadWrite')
    try {
        $bytes = New-Object -TypeName byte[] -ArgumentList $most
        $count = 0
        if ($offset -lt $stream.Length) {
            [void]$stream.Seek($offset, 'Begin')
            $count = $stream.Read($bytes, 0, $most)
        }
        # Whole lines only, so that no character is cut; a line longer than the buffer, or
        # the last one of a task that has ended, is given up to its last whole character.
        $end = $count
        while ($end -gt 0 -and $bytes[$end - 1] -ne 10) {
            $end--
        }
        if ($end -eq 0 -and ($count -eq $most -or $answer.state -ne 'running')) {
            $end = $count
            if ($count -eq $most) {
                while ($end -gt 0 -and ($bytes[$end - 1] -band 0xC0) -eq 0x80) {
                    $end--
                }
                if ($end -gt 0 -and $bytes[$end - 1] -ge 0xC0) {
                    $end--
                }
            }
        }
        if ($end -gt 0) {
            $answer.output = [System.Text.Encoding]::UTF8.GetString($bytes, 0, $end)
            $answer.next = $offset + $end
        }
    } finally {
        $stream.Dispose()
    }
}
$answer
