# Removes one node pool whose creation failed. That it is gone already is a success.
param($Params, $Secrets)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$cluster = [string]$Params.cluster
$name = [string]$Params.name
Import-Module -Name AksHci
$found = @(Get-AksHciNodePool -clusterName $cluster | Where-Object -FilterScript { [string]$_.NodePoolName -eq $name })
if ($found.Count -gt 0) {
    $null = Remove-AksHciNodePool -clusterName $cluster -name $name
}
