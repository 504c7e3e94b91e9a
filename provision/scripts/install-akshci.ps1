# Installs AKS: the cloud agent, the node agents and the management cluster. It cannot be run twice:
# after a failure uninstall-akshci comes first.
param($Params, $Secrets)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

function Stop-Script {
    param([string]$Code, [string]$Message)
    $exception = New-Object -TypeName System.InvalidOperationException -ArgumentList $Message
    throw (New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList $exception, $Code, 'InvalidOperation', $null)
}

Import-Module -Name AksHci
$state = [string](Get-AksHciConfig)['AksHci']['installState']
if ($state -eq 'Installed') {
    Stop-Script -Code 'NameTaken' -Message 'AKS has been installed on this site by somebody else'
}
$null = Install-AksHci
$state = [string](Get-AksHciConfig)['AksHci']['installState']
if ($state -ne 'Installed') {
    Stop-Script -Code 'NotInstalled' -Message "Install-AksHci came back without an error, but the install state is $state"
}
