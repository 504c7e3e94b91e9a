# Creates one workload cluster with its first node pool.
param($Params, $Secrets)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

function Stop-Script {
    param([string]$Code, [string]$Message)
    $exception = New-Object -TypeName System.InvalidOperationException -ArgumentList $Message
    throw (New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList $exception, $Code, 'InvalidOperation', $null)
}

# Read-Number is a parameter that may be left out, as a number.
function Read-Number {
    param($Source, [string]$Name)
    if ($null -ne $Source.PSObject.Properties[$Name] -and $null -ne $Source.PSObject.Properties[$Name].Value) {
        [int]$Source.PSObject.Properties[$Name].Value
    } else {
        0
    }
}

$name = [string]$Params.name
$pool = $Params.nodePool
Import-Module -Name AksHci
foreach ($cluster in @(Get-AksHciCluster)) {
    if ([string]$cluster.Name -eq $name) {
        Stop-Script -Code 'NameTaken' -Message "a cluster with the name $name has been made by somebody else"
    }
}

$parameters = @{
    name = $name
    kubernetesVersion = [string]$Params.kubernetes
    controlPlaneNodeCount = [int]$Params.controlPlane.count
    controlPlaneVmSize = [string]$Params.controlPlane.vmSize
    nodePoolName = [string]$pool.name
    nodeCount = [int]$pool.count
    nodeVmSize = [string]$pool.vmSize
}
switch ([string]$pool.os) {
    'linux' { $parameters['osType'] = 'Linux' }
    'windows2019' { $parameters['osType'] = 'Windows'; $parameters['osSku'] = 'Windows2019' }
    'windows2022' { $parameters['osType'] = 'Windows'; $parameters['osSku'] = 'Windows2022' }
    default { Stop-Script -Code 'BadRequest' -Message "$($pool.os) is no operating system of a node pool" }
}
$maxPods = Read-Number -Source $pool -Name 'maxPods'
if ($maxPods -gt 0) {
    $parameters['nodeMaxPodCount'] = $maxPods
}
if ($null -ne $Params.PSObject.Properties['network']) {
    $network = [string]$Params.network
    $vnet = Get-AksHciClusterNetwork -name $network
    if ($null -eq $vnet) {
        Stop-Script -Code 'NetworkMissing' -Message "there is no network $network for the cluster"
    }
    $parameters['vnet'] = $vnet
}
if ([string]$Params.loadBalancer.kind -eq 'none') {
    $parameters['loadBalancerSettings'] = New-AksHciLoadBalancerSetting -name "$($name)lb" -loadBalancerSku 'none'
} else {
    $parameters['loadBalancerVmSize'] = [string]$Params.loadBalancer.vmSize
}
# One profile for each cluster: editing a shared one would change every cluster that uses it.
$maxCount = Read-Number -Source $pool -Name 'maxCount'
if ($maxCount -gt 0) {
    $existing = @(Get-AksHciAutoScalerProfile | Where-Object -FilterScript { [string]$_.Name -eq "$($name)scale" })
    if ($existing.Count -eq 0) {
        $limits = @{ 'min-node-count' = [int]$pool.count; 'max-node-count' = $maxCount }
        $null = New-AksHciAutoScalerProfile -name "$($name)scale" -autoScalerProfileConfig $limits
    }
    $parameters['enableAutoScaler'] = $true
    $parameters['autoScalerProfileName'] = "$($name)scale"
}
$null = New-AksHciCluster @parameters
