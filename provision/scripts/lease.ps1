# Reads, takes, extends, gives back or breaks the lease of a site. The lease is one file, and its
# epoch only ever grows: whoever holds an older epoch has been overtaken.
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

function Format-Time {
    param([datetime]$Time)
    $Time.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ', [System.Globalization.CultureInfo]::InvariantCulture)
}

$path = [string]$Params.path
$folder = Split-Path -Path $path -Parent
[void][System.IO.Directory]::CreateDirectory($folder)
$lock = Lock-Path -Path "$path.lock"
try {
    $now = [datetime]::UtcNow
    $holder = ''
    $epoch = 0
    $expires = $now
    if ([System.IO.File]::Exists($path)) {
        $stored = [System.IO.File]::ReadAllText($path) | ConvertFrom-Json
        $holder = [string]$stored.owner
        $epoch = [int64]$stored.epoch
        $expires = [datetime]::Parse([string]$stored.expires, [System.Globalization.CultureInfo]::InvariantCulture, 'AdjustToUniversal, AssumeUniversal')
    }
    if ($holder -ne '' -and $expires -le $now) {
        $holder = ''
    }
    $mine = ($holder -ceq [string]$Params.owner) -and ($holder -ne '')
    $write = $false
    switch ([string]$Params.action) {
        'read' { }
        'acquire' {
            if ($holder -eq '' -or $mine) {
                $holder = [string]$Params.owner
                $epoch++
                $expires = $now.AddSeconds([int]$Params.ttlSeconds)
                $write = $true
            }
        }
        'renew' {
            # An expired lease that nobody took since is still the holder's.
            if ($epoch -eq [int64]$Params.epoch -and ($holder -eq '' -or $mine)) {
                $holder = [string]$Params.owner
                $expires = $now.AddSeconds([int]$Params.ttlSeconds)
                $write = $true
            }
        }
        'release' {
            if ($mine -and $epoch -eq [int64]$Params.epoch) {
                $holder = ''
                $expires = $now
                $write = $true
            }
        }
        'break' {
            $holder = ''
            $epoch++
            $expires = $now
            $write = $true
        }
        default { Stop-Script -Code 'BadRequest' -Message "lease knows no action $($Params.action)" }
    }
    if ($write) {
        $text = ConvertTo-Json -Compress -InputObject ([ordered]@{ owner = $holder; epoch = $epoch; expires = (Format-Time -Time $expires) })
        [System.IO.File]::WriteAllText("$path.new", $text)
        Move-Item -LiteralPath "$path.new" -Destination $path -Force
    }
    # After a release or a break nobody holds it; after a lost renewal the epoch has moved on.
    $held = ($holder -ne '') -and ($holder -ceq [string]$Params.owner)
    if ($Params.action -eq 'renew' -and -not $write) {
        $held = $false
    }
    [ordered]@{ held = $held; owner = $holder; epoch = $epoch; expires = (Format-Time -Time $expires) }
} finally {
    $lock.Dispose()
}
