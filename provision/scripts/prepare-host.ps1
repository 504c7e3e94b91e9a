# Installs one version of the AksHci module and prepares the host for it. Running it again is harmless.
param($Params, $Secrets)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

function Stop-Script {
    param([string]$Code, [string]$Message)
    $exception = New-Object -TypeName System.InvalidOperationException -ArgumentList $Message
    throw (New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList $exception, $Code, 'InvalidOperation', $null)
}

$version = [string]$Params.module
# Windows PowerShell does not offer TLS 1.2 by itself, and the gallery takes nothing less.
[System.Net.ServicePointManager]::SecurityProtocol = [System.Net.ServicePointManager]::SecurityProtocol -bor [System.Net.SecurityProtocolType]::Tls12

$installed = @(Get-Module -ListAvailable -Name AksHci | Where-Object -FilterScript { [string]$_.Version -eq $version })
if ($installed.Count -eq 0) {
    [void](Install-PackageProvider -Name NuGet -MinimumVersion '2.8.5.201' -Force)
    # The PowerShellGet of Windows cannot accept a licence unattended.
    $newest = @(Get-Module -ListAvailable -Name PowerShellGet | Sort-Object -Property Version -Descending | Select-Object -First 1)
    if ($newest.Count -eq 0 -or $newest[0].Version -lt ([version]'2.2.5')) {
        Install-Module -Name PowerShellGet -RequiredVersion '2.2.5' -Repository PSGallery -Scope AllUsers -AllowClobber -Force
        Remove-Module -Name @('PowerShellGet', 'PackageManagement') -Force -ErrorAction SilentlyContinue
        Import-Module -Name PowerShellGet -RequiredVersion '2.2.5'
    }
    Install-Module -Name AksHci -RequiredVersion $version -Repository PSGallery -Scope AllUsers -AcceptLicense -AllowClobber -Force
}

Import-Module -Name AksHci -RequiredVersion $version
$null = Initialize-AksHciNode

# The vendor's cmdlet installs features, and some of them take a restart.
if (Test-Path -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending') {
    Stop-Script -Code 'RestartNeeded' -Message "$env:COMPUTERNAME must be restarted before it can be used: drain it, restart it, and run again"
}
$root = Join-Path -Path $env:ProgramData -ChildPath 'arcwright'
[void][System.IO.Directory]::CreateDirectory($root)
$mark = ConvertTo-Json -Compress -InputObject ([ordered]@{
        module = $version
        at = [datetime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [System.Globalization.CultureInfo]::InvariantCulture)
    })
[System.IO.File]::WriteAllText((Join-Path -Path $root -ChildPath 'prepared.json'), $mark)
