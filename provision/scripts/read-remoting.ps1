# Reads how this host lets in, and how it may reach others in the name of who has come in: listeners, ways to
# sign in, quotas, trusted hosts, delegation, language. Changes nothing. What could not be read is named in unread.
param($Params, $Secrets)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$unread = New-Object -TypeName System.Collections.ArrayList

# Read-Part runs one look. When it fails, the answer is the default and the reason is kept.
function Read-Part {
    param([string]$Part, [scriptblock]$Look, $Default)
    try {
        & $Look
    } catch {
        [void]$unread.Add([ordered]@{ part = $Part; message = [string]$_.Exception.Message })
        $Default
    }
}

# Get-Folder reads the values of one folder of the service's settings.
function Get-Folder {
    param([string]$Path)
    $values = [ordered]@{}
    foreach ($item in @(Get-ChildItem -LiteralPath $Path)) {
        if (-not $item.PSIsContainer) {
            $values[[string]$item.Name] = [string]$item.Value
        }
    }
    $values
}

$service = Read-Part -Part 'service' -Default $null -Look { Get-Folder -Path 'WSMan:\localhost\Service' }
$auth = Read-Part -Part 'auth' -Default $null -Look { Get-Folder -Path 'WSMan:\localhost\Service\Auth' }
$client = Read-Part -Part 'client' -Default $null -Look { Get-Folder -Path 'WSMan:\localhost\Client' }
$clientAuth = Read-Part -Part 'clientAuth' -Default $null -Look { Get-Folder -Path 'WSMan:\localhost\Client\Auth' }
$shell = Read-Part -Part 'shell' -Default $null -Look { Get-Folder -Path 'WSMan:\localhost\Shell' }
$envelope = Read-Part -Part 'envelope' -Default $null -Look { [string](Get-Item -LiteralPath 'WSMan:\localhost\MaxEnvelopeSizekb').Value }

$listeners = @(Read-Part -Part 'listeners' -Default @() -Look {
        foreach ($listener in @(Get-ChildItem -LiteralPath 'WSMan:\localhost\Listener')) {
            Get-Folder -Path "WSMan:\localhost\Listener\$($listener.Name)"
        }
    })

# A policy goes before the setting, and cannot be changed on the host.
$policies = @(Read-Part -Part 'policies' -Default @() -Look {
        $root = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows'
        foreach ($part in @('WinRM\Service', 'WinRM\Service\WinRS', 'WinRM\Client', 'CredentialsDelegation')) {
            if (-not (Test-Path -LiteralPath "$root\$part")) {
                continue
            }
            $item = Get-ItemProperty -LiteralPath "$root\$part"
            if ($null -eq $item) {
                continue # a key without values
            }
            foreach ($property in @($item.PSObject.Properties)) {
                if ($property.Name -notlike 'PS*') {
                    [ordered]@{ part = $part; name = [string]$property.Name; value = [string]$property.Value }
                }
            }
        }
    })
$fresh = @(Read-Part -Part 'delegation' -Default @() -Look {
        $key = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\CredentialsDelegation\AllowFreshCredentials'
        if (Test-Path -LiteralPath $key) {
            $item = Get-ItemProperty -LiteralPath $key
            if ($null -ne $item) {
                foreach ($property in @($item.PSObject.Properties)) {
                    if ($property.Name -match '^[0-9]+$') {
                        [string]$property.Value
                    }
                }
            }
        }
    })

[ordered]@{
    now = [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ss.fffZ', [System.Globalization.CultureInfo]::InvariantCulture)
    user = [System.Security.Principal.WindowsIdentity]::GetCurrent().Name
    admin = (New-Object -TypeName System.Security.Principal.WindowsPrincipal -ArgumentList ([System.Security.Principal.WindowsIdentity]::GetCurrent())).IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
    signedInBy = [System.Security.Principal.WindowsIdentity]::GetCurrent().AuthenticationType
    powerShell = [string]$PSVersionTable.PSVersion
    languageMode = [string]$ExecutionContext.SessionState.LanguageMode
    culture = [System.Globalization.CultureInfo]::CurrentCulture.Name
    language = [System.Globalization.CultureInfo]::InstalledUICulture.Name
    service = $service
    auth = $auth
    client = $client
    clientAuth = $clientAuth
    shell = $shell
    envelope = $envelope
    listeners = $listeners
    policies = $policies
    fresh = $fresh
    unread = @($unread.ToArray())
}
