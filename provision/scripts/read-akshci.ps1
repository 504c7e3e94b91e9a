# Reads what there is of AKS on this site: module, configuration, installation, networks, clusters, node
# pools, and the records of what arcwright made. Changes nothing.
param($Params, $Secrets)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

function Stop-Script {
    param([string]$Code, [string]$Message)
    $exception = New-Object -TypeName System.InvalidOperationException -ArgumentList $Message
    throw (New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList $exception, $Code, 'InvalidOperation', $null)
}

# Read-Value is the value of the first of the names that a table or an object has, as text.
function Read-Value {
    param($Source, [string[]]$Names)
    if ($null -eq $Source) {
        return ''
    }
    foreach ($name in $Names) {
        if ($Source -is [System.Collections.IDictionary]) {
            foreach ($key in @($Source.Keys)) {
                if ([string]$key -eq $name -and $null -ne $Source[$key]) {
                    return ([string]$Source[$key]).Trim()
                }
            }
        } elseif ($null -ne $Source.PSObject.Properties[$name] -and $null -ne $Source.PSObject.Properties[$name].Value) {
            return ([string]$Source.PSObject.Properties[$name].Value).Trim()
        }
    }
    ''
}

# Read-Member is a member of a table or an object, or nothing.
function Read-Member {
    param($Source, [string]$Name)
    if ($Source -is [System.Collections.IDictionary]) {
        foreach ($key in @($Source.Keys)) {
            if ([string]$key -eq $Name) {
                return $Source[$key]
            }
        }
    } elseif ($null -ne $Source -and $null -ne $Source.PSObject.Properties[$Name]) {
        return $Source.PSObject.Properties[$Name].Value
    }
    $null
}

# ConvertTo-State folds the words of the module's versions into three.
function ConvertTo-State {
    param([string]$Word)
    if ($Word -match 'fail|error') {
        'Failed'
    } elseif ($Word -in @('Deployed', 'provisioned')) {
        'Deployed'
    } else {
        'Creating'
    }
}

function ConvertTo-Count {
    param([string]$Text)
    $number = 0
    if ([int]::TryParse($Text, [ref]$number)) {
        $number
    } else {
        0
    }
}

$records = New-Object -TypeName System.Collections.ArrayList
# The records of a failover cluster are on its volumes, those of a single host on its own drive.
$folders = @((Join-Path -Path $env:ProgramData -ChildPath 'arcwright\records'))
$volumes = Join-Path -Path $env:SystemDrive -ChildPath 'ClusterStorage'
if ([System.IO.Directory]::Exists($volumes)) {
    foreach ($volume in @(Get-ChildItem -LiteralPath $volumes -Directory)) {
        $folders += Join-Path -Path $volume.FullName -ChildPath 'arcwright\records'
    }
}
foreach ($folder in $folders) {
    if ([System.IO.Directory]::Exists($folder)) {
        foreach ($file in @(Get-ChildItem -LiteralPath $folder -Filter '*.json' -File)) {
            [void]$records.Add(([System.IO.File]::ReadAllText($file.FullName) | ConvertFrom-Json))
        }
    }
}

$answer = [ordered]@{
    moduleVersion = ''; configured = $false; config = $null; installState = 'NotInstalled'; version = ''
    networks = @(); clusters = @(); records = @($records.ToArray())
}
foreach ($module in @(Get-Module -ListAvailable -Name AksHci | Sort-Object -Property Version -Descending | Select-Object -First 1)) {
    $answer.moduleVersion = [string]$module.Version
}
# The module keeps its configuration in the registry. Where there is none, asking it would be an
# error that could not be told from a broken one.
if ($answer.moduleVersion -eq '' -or -not (Test-Path -LiteralPath 'HKLM:\SOFTWARE\Microsoft\AksHciPS')) {
    return $answer
}

Import-Module -Name AksHci
$config = Get-AksHciConfig
$akshci = Read-Member -Source $config -Name 'AksHci'
$kva = Read-Member -Source $config -Name 'Kva'
$moc = Read-Member -Source $config -Name 'Moc'
$vlan = $null
$vlanText = Read-Value -Source $kva -Names @('vlanid')
if ($vlanText -ne '') {
    $vlan = ConvertTo-Count -Text $vlanText
}
# Only what is named here leaves the host: the configuration also holds identities and passwords.
$answer.config = [ordered]@{
    network = Read-Value -Source $kva -Names @('vnetname', 'vnetName')
    switch = Read-Value -Source $kva -Names @('vswitchname', 'vnetvswitchname')
    vlan = $vlan
    subnet = Read-Value -Source $kva -Names @('ipaddressprefix')
    gateway = Read-Value -Source $kva -Names @('gateway')
    nodePoolStart = Read-Value -Source $kva -Names @('k8snodeippoolstart')
    nodePoolEnd = Read-Value -Source $kva -Names @('k8snodeippoolend')
    vipPoolStart = Read-Value -Source $kva -Names @('vnetvippoolstart', 'vippoolstart')
    vipPoolEnd = Read-Value -Source $kva -Names @('vnetvippoolend', 'vippoolend')
    images = Read-Value -Source $moc -Names @('imageDir')
    working = Read-Value -Source $akshci -Names @('workingDir')
    cloudConfig = Read-Value -Source $moc -Names @('cloudConfigLocation')
    cloudAgent = Read-Value -Source $moc -Names @('cloudServiceCidr')
    managementVMSize = Read-Value -Source $kva -Names @('controlplaneVmSize')
}
$answer.version = Read-Value -Source $akshci -Names @('version')

$word = Read-Value -Source $akshci -Names @('installState')
switch -Regex ($word) {
    '^(|NotInstalled|Uninstalled)$' { $answer.installState = 'NotInstalled'; break }
    # An update that failed is still an installation with clusters on it.
    '^(Installed|Updat.*)$' { $answer.installState = 'Installed'; break }
    'fail' { $answer.installState = 'Failed'; break }
    '^(Installing|Uninstalling)$' { $answer.installState = 'Installing'; break }
    default { Stop-Script -Code 'StateUnknown' -Message "the module reports the install state $word, which is not known here" }
}

# It is configured when it is also registered with Azure, for the two are one step. Nothing is
# installed without a registration; before that, one that holds an id is there.
$registered = $answer.installState -eq 'Installed'
if (-not $registered) {
    $registration = $null
    try {
        $registration = Get-AksHciRegistration
    } catch {
        Write-Verbose -Message "no registration: $($_.Exception.Message)"
    }
    if ($null -ne $registration) {
        $text = ConvertTo-Json -Compress -Depth 3 -InputObject $registration
        $registered = $text -match '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'
    }
}
if ($answer.config.working -eq '') {
    $answer.config = $null
}
$answer.configured = $registered -and $null -ne $answer.config
if ($answer.installState -ne 'Installed') {
    return $answer
}

$answer.networks = @(foreach ($network in @(Get-AksHciClusterNetwork)) {
        $vlan = $null
        $vlanText = Read-Value -Source $network -Names @('Vlanid')
        if ($vlanText -ne '') {
            $vlan = ConvertTo-Count -Text $vlanText
        }
        [ordered]@{
            name = Read-Value -Source $network -Names @('Name'); switch = Read-Value -Source $network -Names @('VswitchName'); vlan = $vlan
            subnet = Read-Value -Source $network -Names @('IpAddressPrefix'); gateway = Read-Value -Source $network -Names @('Gateway')
            nodePoolStart = Read-Value -Source $network -Names @('K8snodeIPPoolStart'); nodePoolEnd = Read-Value -Source $network -Names @('K8snodeIPPoolEnd')
            vipPoolStart = Read-Value -Source $network -Names @('VipPoolStart'); vipPoolEnd = Read-Value -Source $network -Names @('VipPoolEnd')
        }
    })
$answer.clusters = @(foreach ($cluster in @(Get-AksHciCluster)) {
        $name = Read-Value -Source $cluster -Names @('Name')
        $status = Read-Member -Source $cluster -Name 'Status'
        $state = ConvertTo-State -Word (Read-Value -Source $cluster -Names @('ProvisioningState'))
        $problem = ''
        if ($state -eq 'Failed') {
            $problem = Read-Value -Source $status -Names @('Details', 'Error')
        }
        $pools = @(foreach ($pool in @(Get-AksHciNodePool -clusterName $name)) {
                $poolStatus = Read-Member -Source $pool -Name 'Status'
                $poolState = ConvertTo-State -Word (Read-Value -Source $pool -Names @('Phase'))
                $count = ConvertTo-Count -Text (Read-Value -Source $pool -Names @('NodeCount'))
                $ready = 0
                if ($poolState -eq 'Deployed') {
                    $ready = $count
                }
                $os = 'linux'
                if ((Read-Value -Source $pool -Names @('OsType')) -eq 'Windows') {
                    $os = 'windows2019'
                    if ((Read-Value -Source $pool -Names @('OsSku')) -eq 'Windows2022') {
                        $os = 'windows2022'
                    }
                }
                $poolProblem = ''
                if ($poolState -eq 'Failed') {
                    $poolProblem = Read-Value -Source $poolStatus -Names @('Error', 'Details')
                }
                [ordered]@{
                    name = Read-Value -Source $pool -Names @('NodePoolName', 'Name'); os = $os; count = $count; ready = $ready
                    vmSize = Read-Value -Source $pool -Names @('VmSize'); state = $poolState; error = $poolProblem
                }
            })
        [ordered]@{
            name = $name; state = $state; kubernetes = Read-Value -Source $cluster -Names @('KubernetesVersion')
            controlPlane = [ordered]@{
                count = ConvertTo-Count -Text (Read-Value -Source $cluster -Names @('ControlPlaneNodeCount'))
                vmSize = Read-Value -Source $cluster -Names @('ControlPlaneVmSize')
            }
            error = $problem; nodePools = $pools
        }
    })
$answer
