# Clears away an installation that failed. The configuration stays, so that installing again is all
# that is needed. It refuses when there is any workload cluster.
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
# A whole installation is never a repair's to remove, and an update that failed is a whole one.
if ($state -notin @('', 'NotInstalled', 'Uninstalled', 'Installing', 'InstallFailed', 'Uninstalling', 'UninstallFailed', 'Failed')) {
    Stop-Script -Code 'StillInstalled' -Message "the install state is $state; an installation in that state is not removed as a repair"
}
$clusters = @()
try {
    $clusters = @(Get-AksHciCluster)
} catch {
    # An installation that never ended has no management cluster to ask, and no workload clusters.
    Write-Verbose -Message "no clusters could be listed: $($_.Exception.Message)"
}
if ($clusters.Count -gt 0) {
    Stop-Script -Code 'ClustersLeft' -Message "$($clusters.Count) workload clusters are still there; AKS is not removed under them"
}
$null = Uninstall-AksHci -skipConfigCleanup -Confirm:$false
