# Creates one further network, for the workload clusters that name it.
param($Params, $Secrets)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

function Stop-Script {
    param([string]$Code, [string]$Message)
    $exception = New-Object -TypeName System.InvalidOperationException -ArgumentList $Message
    throw (New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList $exception, $Code, 'InvalidOperation', $null)
}

$network = $Params.network
$name = [string]$network.name
Import-Module -Name AksHci
foreach ($existing in @(Get-AksHciClusterNetwork)) {
    if ([string]$existing.Name -eq $name) {
        Stop-Script -Code 'NameTaken' -Message "a network with the name $name has been made by somebody else"
    }
}

$parameters = @{
    name = $name
    vswitchName = [string]$network.switch
    vipPoolStart = [string]$network.vipPool.start
    vipPoolEnd = [string]$network.vipPool.end
}
if ([int]$network.vlan -gt 0) {
    $parameters['vlanID'] = [int]$network.vlan
}
if ([string]$network.addressing -eq 'static') {
    $parameters['ipAddressPrefix'] = [string]$network.subnet
    $parameters['gateway'] = [string]$network.gateway
    $parameters['dnsServers'] = [string[]]@($network.dns)
    $parameters['k8sNodeIpPoolStart'] = [string]$network.nodePool.start
    $parameters['k8sNodeIpPoolEnd'] = [string]$network.nodePool.end
}
$null = New-AksHciClusterNetwork @parameters
