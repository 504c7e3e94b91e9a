# Creates one node pool in a cluster that is there.
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

$cluster = [string]$Params.cluster
$name = [string]$Params.name
Import-Module -Name AksHci
foreach ($pool in @(Get-AksHciNodePool -clusterName $cluster)) {
    if ([string]$pool.NodePoolName -eq $name) {
        Stop-Script -Code 'NameTaken' -Message "a node pool with the name $name has been made in the cluster $cluster by somebody else"
    }
}

$parameters = @{
    clusterName = $cluster
    name = $name
    count = [int]$Params.count
    vmSize = [string]$Params.vmSize
}
switch ([string]$Params.os) {
    'linux' { $parameters['osType'] = 'Linux' }
    'windows2019' { $parameters['osType'] = 'Windows'; $parameters['osSku'] = 'Windows2019' }
    'windows2022' { $parameters['osType'] = 'Windows'; $parameters['osSku'] = 'Windows2022' }
    default { Stop-Script -Code 'BadRequest' -Message "$($Params.os) is no operating system of a node pool" }
}
$maxPods = Read-Number -Source $Params -Name 'maxPods'
if ($maxPods -gt 0) {
    $parameters['maxPodCount'] = $maxPods
}
# In a cluster that scales by itself every pool does, unless it is told not to.
$scaling = @(Get-AksHciCluster -name $cluster)
if ($scaling.Count -gt 0 -and [string]$scaling[0].AutoScalerEnabled -eq 'True' -and (Read-Number -Source $Params -Name 'maxCount') -eq 0) {
    $parameters['disableAutoScaler'] = $true
}
$null = New-AksHciNodePool @parameters
