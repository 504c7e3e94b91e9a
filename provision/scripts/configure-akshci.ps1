# Sets the host network and the configuration of AKS, and registers it with Azure. The three are one
# script because the network object lives only in the process that made it.
param($Params, $Secrets)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

function Stop-Script {
    param([string]$Code, [string]$Message)
    $exception = New-Object -TypeName System.InvalidOperationException -ArgumentList $Message
    throw (New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList $exception, $Code, 'InvalidOperation', $null)
}

# Read-Text is a parameter that may be left out, as text.
function Read-Text {
    param($Source, [string]$Name)
    if ($null -ne $Source.PSObject.Properties[$Name] -and $null -ne $Source.PSObject.Properties[$Name].Value) {
        [string]$Source.PSObject.Properties[$Name].Value
    } else {
        ''
    }
}

$network = $Params.network
$config = $Params.config
$registration = $Params.registration

Import-Module -Name AksHci
# Neither the network nor the proxy can be changed once AKS is installed.
if (Test-Path -LiteralPath 'HKLM:\SOFTWARE\Microsoft\AksHciPS') {
    $state = [string](Get-AksHciConfig)['AksHci']['installState']
    if ($state -eq 'Installed') {
        Stop-Script -Code 'AlreadyInstalled' -Message 'AKS is installed on this site; its configuration cannot be changed any more'
    }
}
if ((Read-Text -Source $registration -Name 'application') -eq '' -or $null -eq $Secrets.PSObject.Properties['registration']) {
    # Without an application the cmdlet would ask somebody to type a code into a browser, and wait for ever.
    Stop-Script -Code 'NoApplication' -Message 'registration needs an application (service principal) and its secret: set azure.application and azure.secret in the site'
}

$vnetParameters = @{
    name = [string]$network.name
    vswitchName = [string]$network.switch
    vipPoolStart = [string]$network.vipPool.start
    vipPoolEnd = [string]$network.vipPool.end
}
$vlan = Read-Text -Source $network -Name 'vlan'
if ($vlan -ne '' -and [int]$vlan -gt 0) {
    $vnetParameters['vlanID'] = [int]$vlan
}
if ([string]$network.addressing -eq 'static') {
    $vnetParameters['ipAddressPrefix'] = [string]$network.subnet
    $vnetParameters['gateway'] = [string]$network.gateway
    $vnetParameters['dnsServers'] = [string[]]@($network.dns)
    $vnetParameters['k8sNodeIpPoolStart'] = [string]$network.nodePool.start
    $vnetParameters['k8sNodeIpPoolEnd'] = [string]$network.nodePool.end
}
$vnet = New-AksHciNetworkSetting @vnetParameters

$configParameters = @{
    vnet = $vnet
    imageDir = [string]$config.images
    workingDir = [string]$config.working
    cloudConfigLocation = [string]$config.cloudConfig
}
$optional = @{ cloudAgent = 'cloudServiceCidr'; managementVMSize = 'controlPlaneVmSize'; cloudAgentRole = 'clusterRoleName' }
foreach ($name in @($optional.Keys)) {
    $value = Read-Text -Source $config -Name $name
    if ($value -ne '') {
        $configParameters[$optional[$name]] = $value
    }
}
if ($null -ne $Params.PSObject.Properties['proxy']) {
    # Both kinds of traffic need one, and the object lives only in this process as well.
    $proxyParameters = @{
        name = "$([string]$network.name)proxy"
        http = [string]$Params.proxy.http
        https = [string]$Params.proxy.https
        noProxy = [string]$Params.proxy.noProxy
    }
    $configParameters['proxySettings'] = New-AksHciProxySetting @proxyParameters
}
$null = Set-AksHciConfig @configParameters

$password = New-Object -TypeName System.Security.SecureString
foreach ($character in ([string]$Secrets.registration).ToCharArray()) {
    $password.AppendChar($character)
}
$registrationParameters = @{
    subscriptionId = [string]$registration.subscription
    resourceGroupName = [string]$registration.resourceGroup
    tenantId = [string]$registration.tenant
    credential = New-Object -TypeName System.Management.Automation.PSCredential -ArgumentList ([string]$registration.application), $password
}
$region = Read-Text -Source $registration -Name 'region'
if ($region -ne '') {
    $registrationParameters['region'] = $region
}
$null = Set-AksHciRegistration @registrationParameters
