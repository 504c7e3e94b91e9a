# Removes one workload cluster whose creation failed. That it is gone already is a success.
param($Params, $Secrets)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$name = [string]$Params.name
Import-Module -Name AksHci
$found = @(Get-AksHciCluster | Where-Object -FilterScript { [string]$_.Name -eq $name })
if ($found.Count -gt 0) {
    $null = Remove-AksHciCluster -name $name -force
}
