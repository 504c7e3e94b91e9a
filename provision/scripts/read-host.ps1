# Reads one host: hardware, firmware, system, network, storage, and the failover cluster as this
# host sees it. Changes nothing. What could not be read is named in unread; it is never guessed.
# What Windows says is passed on as it is, numbers of its enumerations included: the reader judges it.
param($Params, $Secrets)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$unread = New-Object -TypeName System.Collections.ArrayList

# Read-Part runs one look. When it fails, the answer is the default and the reason is kept.
function Read-Part {
    param([string]$Part, [scriptblock]$Look, $Default)
    try {
        & $Look
    } catch {
        [void]$unread.Add([ordered]@{ part = $Part; message = [string]$_.Exception.Message })
        $Default
    }
}

# Test-Cmdlet says whether a command of an optional feature is there.
function Test-Cmdlet {
    param([string]$Name)
    $null -ne (Get-Command -Name $Name -ErrorAction SilentlyContinue)
}

# Get-Setting reads one value of the registry, null when it is not there.
function Get-Setting {
    param([string]$Key, [string]$Name)
    if (Test-Path -LiteralPath $Key) {
        $item = Get-ItemProperty -LiteralPath $Key
        if ($item.PSObject.Properties.Name -contains $Name) {
            $item.$Name
        }
    }
}

$principal = New-Object -TypeName System.Security.Principal.WindowsPrincipal -ArgumentList ([System.Security.Principal.WindowsIdentity]::GetCurrent())
$admin = $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)

$computer = Get-CimInstance -ClassName Win32_ComputerSystem
$system = Get-CimInstance -ClassName Win32_OperatingSystem
$processors = @(foreach ($one in @(Get-CimInstance -ClassName Win32_Processor)) {
        [ordered]@{
            name = [string]$one.Name; cores = [int]$one.NumberOfCores; logical = [int]$one.NumberOfLogicalProcessors
            mhz = [int]$one.MaxClockSpeed; architecture = [int]$one.Architecture
            slat = $one.SecondLevelAddressTranslationExtensions; virtualization = $one.VirtualizationFirmwareEnabled
        }
    })

$domain = ''
if ($computer.PartOfDomain) {
    $domain = [string]$computer.Domain
}

$address = Read-Part -Part 'address' -Default $null -Look {
    $route = @(Get-NetRoute -DestinationPrefix '0.0.0.0/0' -AddressFamily IPv4 | Sort-Object -Property @('RouteMetric', 'InterfaceMetric'))[0]
    # Addresses that move with the failover cluster are marked as no source.
    $found = @(Get-NetIPAddress -InterfaceIndex $route.ifIndex -AddressFamily IPv4 | Where-Object -FilterScript { -not $_.SkipAsSource })
    [string]$found[0].IPAddress
}
$servers = @(Read-Part -Part 'dns' -Default @() -Look {
        $route = @(Get-NetRoute -DestinationPrefix '0.0.0.0/0' -AddressFamily IPv4 | Sort-Object -Property @('RouteMetric', 'InterfaceMetric'))[0]
        foreach ($one in @((Get-DnsClientServerAddress -InterfaceIndex $route.ifIndex -AddressFamily IPv4).ServerAddresses)) {
            [string]$one
        }
    })
$gateways = @(Read-Part -Part 'gateways' -Default @() -Look {
        foreach ($route in @(Get-NetRoute -DestinationPrefix '0.0.0.0/0' -AddressFamily IPv4)) {
            [string]$route.NextHop
        }
    })

$correction = @(Read-Part -Part 'ecc' -Default @() -Look {
        foreach ($bank in @(Get-CimInstance -ClassName Win32_PhysicalMemoryArray)) {
            [int]$bank.MemoryErrorCorrection
        }
    })

$uefi = Read-Part -Part 'firmware.uefi' -Default 0 -Look {
    [int](Get-Setting -Key 'HKLM:\SYSTEM\CurrentControlSet\Control' -Name 'PEFirmwareType')
}
$secureBoot = Read-Part -Part 'firmware.secureBoot' -Default $null -Look {
    try {
        [bool](Confirm-SecureBootUEFI)
    } catch [System.PlatformNotSupportedException] {
        $false
    }
}
$chips = @(Read-Part -Part 'firmware.tpm' -Default @() -Look {
        # Without the rights of an administrator the class is simply empty.
        if (-not $admin) {
            throw 'reading the TPM takes an administrator'
        }
        foreach ($chip in @(Get-CimInstance -Namespace 'root/cimv2/Security/MicrosoftTpm' -ClassName Win32_Tpm)) {
            [ordered]@{ version = [string]$chip.SpecVersion; enabled = $chip.IsEnabled_InitialValue; activated = $chip.IsActivated_InitialValue; lockedOut = $null }
        }
        # The marker tells an empty list from one that could not be read.
        [ordered]@{ version = ''; enabled = $null; activated = $null; lockedOut = $null }
    })
if ($chips.Count -gt 1) {
    $chips[0].lockedOut = Read-Part -Part 'firmware.tpmReady' -Default $null -Look {
        (Get-Tpm).LockedOut
    }
}
$guard = Read-Part -Part 'firmware.vbs' -Default $null -Look {
    [int](Get-CimInstance -Namespace 'root/Microsoft/Windows/DeviceGuard' -ClassName Win32_DeviceGuard).VirtualizationBasedSecurityStatus
}
$bios = Read-Part -Part 'firmware.version' -Default '' -Look {
    ([string](Get-CimInstance -ClassName Win32_BIOS).SMBIOSBIOSVersion).Trim()
}

$restart = Read-Part -Part 'restartPending' -Default $null -Look {
    $current = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion'
    $names = 'HKLM:\SYSTEM\CurrentControlSet\Control\ComputerName'
    [ordered]@{
        servicing = Test-Path -LiteralPath "$current\Component Based Servicing\RebootPending"
        update = Test-Path -LiteralPath "$current\WindowsUpdate\Auto Update\RebootRequired"
        name = [string](Get-Setting -Key "$names\ActiveComputerName" -Name 'ComputerName') -ne [string](Get-Setting -Key "$names\ComputerName" -Name 'ComputerName')
        # Pairs of from and to; an empty to is a deletion.
        renames = @(Get-Setting -Key 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager' -Name 'PendingFileRenameOperations')
    }
}

$clock = @(Read-Part -Part 'skew' -Default @() -Look {
        if ($domain -eq '') {
            throw 'the host is in no domain to compare its clock with'
        }
        foreach ($line in @(& w32tm.exe /stripchart "/computer:$domain" /dataonly /samples:1)) {
            [string]$line
        }
    })

$boot = New-Object -TypeName System.Collections.ArrayList
$drives = @(Read-Part -Part 'drives' -Default @() -Look {
        # On a cluster every host sees everybody's drives; only those connected to this one count.
        $disks = @()
        if (Test-Cmdlet -Name 'Get-StorageNode') {
            foreach ($node in @(Get-StorageNode)) {
                if (([string]$node.Name).Split('.')[0] -eq $env:COMPUTERNAME) {
                    $disks = @(Get-PhysicalDisk -StorageNode $node -PhysicallyConnected)
                }
            }
        }
        if ($disks.Count -eq 0) {
            if (Test-Path -LiteralPath 'HKLM:\Cluster') {
                throw 'Windows does not say which of the cluster''s drives are connected to this host'
            }
            $disks = @(Get-PhysicalDisk)
        }
        foreach ($disk in @(Get-Disk | Where-Object -FilterScript { $_.IsBoot })) {
            [void]$boot.Add([ordered]@{ id = [string]$disk.UniqueId; serial = [string]$disk.SerialNumber; model = [string]$disk.FriendlyName })
        }
        foreach ($disk in $disks) {
            # A drive's controller may not tell whether it is protected.
            $protected = $null
            try {
                $protected = (Get-StorageAdvancedProperty -PhysicalDisk $disk).IsPowerProtected
            } catch {
                $protected = $null
            }
            [ordered]@{
                id = [string]$disk.UniqueId; serial = [string]$disk.SerialNumber; model = [string]$disk.FriendlyName
                media = [string]$disk.MediaType; bus = [string]$disk.BusType; usage = [string]$disk.Usage; size = [uint64]$disk.Size
                logicalSector = [int]$disk.LogicalSectorSize; physicalSector = [int]$disk.PhysicalSectorSize
                health = [string]$disk.HealthStatus; powerProtected = $protected
            }
        }
    })

$adapters = @(Read-Part -Part 'adapters' -Default @() -Look {
        $rdma = @{}
        $technology = @{}
        if (Test-Cmdlet -Name 'Get-NetAdapterRdma') {
            foreach ($one in @(Get-NetAdapterRdma -ErrorAction SilentlyContinue)) {
                $rdma[[string]$one.Name] = [bool]$one.Enabled
            }
            # 1 is iWARP, 2 InfiniBand, 3 RoCE, 4 RoCE version 2.
            foreach ($one in @(Get-NetAdapterAdvancedProperty -RegistryKeyword '*NetworkDirectTechnology' -ErrorAction SilentlyContinue)) {
                $technology[[string]$one.Name] = [string]@($one.RegistryValue)[0]
            }
        }
        $ipv6 = @{}
        foreach ($one in @(Get-NetAdapterBinding -ComponentID 'ms_tcpip6' -ErrorAction SilentlyContinue)) {
            $ipv6[[string]$one.Name] = [bool]$one.Enabled
        }
        foreach ($adapter in @(Get-NetAdapter -Physical | Sort-Object -Property Name)) {
            $name = [string]$adapter.Name
            [ordered]@{
                name = $name; description = [string]$adapter.InterfaceDescription; status = [string]$adapter.Status
                speed = [double]$adapter.ReceiveLinkSpeed; driver = [string]$adapter.DriverVersion; mtu = [int]$adapter.MtuSize
                rdma = [bool]$rdma[$name]; technology = [string]$technology[$name]; ipv6 = $ipv6[$name]
            }
        }
    })

$switches = @(Read-Part -Part 'switches' -Default @() -Look {
        if (Test-Cmdlet -Name 'Get-VMSwitch') {
            foreach ($switch in @(Get-VMSwitch | Sort-Object -Property Name)) {
                [ordered]@{
                    name = [string]$switch.Name; type = [string]$switch.SwitchType; embedded = [bool]$switch.EmbeddedTeamingEnabled
                    adapters = @(foreach ($port in @($switch.NetAdapterInterfaceDescriptions)) { [string]$port })
                }
            }
        }
    })

$graphics = @(Read-Part -Part 'gpus' -Default @() -Look {
        foreach ($device in @(Get-PnpDevice -PresentOnly | Where-Object -FilterScript { [string]$_.InstanceId -match '^PCI\\VEN_10DE' -and [string]$_.Class -ne 'MEDIA' })) {
            [ordered]@{ name = [string]$device.FriendlyName; id = [string]$device.InstanceId; assignable = $false }
        }
        if (Test-Cmdlet -Name 'Get-VMHostAssignableDevice') {
            foreach ($device in @(Get-VMHostAssignableDevice)) {
                if ([string]$device.InstanceID -match 'VEN_10DE') {
                    [ordered]@{ name = [string]$device.Name; id = [string]$device.InstanceID; assignable = $true }
                }
            }
        }
    })

$features = @(Read-Part -Part 'features' -Default @() -Look {
        $wanted = @('Hyper-V', 'Hyper-V-PowerShell', 'Failover-Clustering', 'RSAT-Clustering', 'RSAT-Clustering-PowerShell', 'RSAT-AD-PowerShell', 'Data-Center-Bridging', 'NetworkATC', 'FS-FileServer', 'BitLocker')
        foreach ($feature in @(Get-WindowsFeature | Where-Object -FilterScript { $_.Installed -and $_.Name -in $wanted } | Sort-Object -Property Name)) {
            [string]$feature.Name
        }
    })

$module = ''
foreach ($one in @(Get-Module -ListAvailable -Name AksHci | Sort-Object -Property Version -Descending | Select-Object -First 1)) {
    $module = [string]$one.Version
}
$modules = @(Read-Part -Part 'modules' -Default @() -Look {
        $wanted = @('Moc', 'Kva', 'DownloadSdk', 'TraceProvider', 'Az.Accounts', 'Az.Resources', 'AzureAD', 'PowerShellGet', 'PackageManagement')
        foreach ($one in @(Get-Module -ListAvailable -Name $wanted | Sort-Object -Property @('Name', 'Version'))) {
            [ordered]@{ name = [string]$one.Name; version = [string]$one.Version }
        }
    })
$migration = Read-Part -Part 'liveMigration' -Default $null -Look {
    if (Test-Cmdlet -Name 'Get-VMHost') {
        $fabric = Get-VMHost
        [ordered]@{ enabled = [bool]$fabric.VirtualMachineMigrationEnabled; transport = [string]$fabric.VirtualMachineMigrationPerformanceOption }
    }
}
# An account in the address of a proxy stays here.
$proxy = [ordered]@{ http = ''; https = ''; noProxy = '' }
foreach ($pair in @(@('http', 'HTTP_PROXY'), @('https', 'HTTPS_PROXY'), @('noProxy', 'NO_PROXY'))) {
    $proxy[$pair[0]] = [string][System.Environment]::GetEnvironmentVariable($pair[1], 'Machine') -replace '^([A-Za-z][A-Za-z0-9+.-]*://)?.*@', '$1'
}
$credssp = Read-Part -Part 'credSSP' -Default '' -Look {
    [string](Get-Item -LiteralPath 'WSMan:\localhost\Service\Auth\CredSSP').Value
}
# prepare-host leaves a mark. A host with a deployment was prepared by whoever made that.
$prepared = [System.IO.File]::Exists((Join-Path -Path $env:ProgramData -ChildPath 'arcwright\prepared.json'))
if (Test-Path -LiteralPath 'HKLM:\SOFTWARE\Microsoft\AksHciPS') {
    $prepared = $true
}

$cluster = Read-Part -Part 'failoverCluster' -Default $null -Look {
    if (-not (Test-Cmdlet -Name 'Get-Cluster') -or -not (Test-Path -LiteralPath 'HKLM:\Cluster')) {
        return $null
    }
    $fabric = Get-Cluster
    $own = $null
    foreach ($resource in @(Get-ClusterResource | Where-Object -FilterScript { [string]$_.ResourceType -eq 'IP Address' -and [string]$_.OwnerGroup -eq 'Cluster Group' })) {
        $own = [string](Get-ClusterParameter -InputObject $resource -Name Address).Value
    }
    $volumes = @(foreach ($volume in @(Get-ClusterSharedVolume)) {
            foreach ($info in @($volume.SharedVolumeInfo)) {
                # BitLocker answers for a volume on the host that owns it.
                $protection = $null
                if (Test-Cmdlet -Name 'Get-BitLockerVolume') {
                    try {
                        $protection = [string](Get-BitLockerVolume -MountPoint ([string]$info.FriendlyVolumeName)).VolumeStatus
                    } catch {
                        $protection = $null
                    }
                }
                [ordered]@{
                    path = [string]$info.FriendlyVolumeName; size = [uint64]$info.Partition.Size; free = [uint64]$info.Partition.FreeSpace
                    protection = $protection
                }
            }
        })
    # A cluster network may hold several subnets; its scalar address shows only the first.
    $networks = @(foreach ($network in @(Get-ClusterNetwork)) {
            $subnets = @($network.Ipv4Addresses)
            $lengths = @($network.Ipv4PrefixLengths)
            for ($i = 0; $i -lt $subnets.Count; $i++) {
                [ordered]@{ name = [string]$network.Name; subnet = '{0}/{1}' -f [string]$subnets[$i], [int]$lengths[$i]; role = [string]$network.Role }
            }
        })
    $nodes = @(foreach ($node in @(Get-ClusterNode)) {
            [ordered]@{ name = [string]$node.Name; state = [string]$node.State }
        })
    $groups = @(foreach ($group in @(Get-ClusterGroup)) {
            # The machines' own groups are no roles of the cluster's.
            if ([string]$group.GroupType -ne 'VirtualMachine') {
                [ordered]@{ name = [string]$group.Name; state = [string]$group.State }
            }
        })
    $witness = 'none'
    $quorum = (Get-ClusterQuorum).QuorumResource
    if ($null -ne $quorum) {
        $witness = [string]$quorum.ResourceType
    }
    $places = @(Get-ClusterFaultDomain -Type Site)
    $spaces = ''
    if (Test-Cmdlet -Name 'Get-ClusterStorageSpacesDirect') {
        $spaces = [string](Get-ClusterStorageSpacesDirect).State
    }
    $pools = @(foreach ($pool in @(Get-StoragePool -IsPrimordial $false -ErrorAction SilentlyContinue)) {
            [string]$pool.HealthStatus
        })
    [ordered]@{
        name = [string]$fabric.Name; address = $own; volumes = $volumes; networks = $networks
        nodes = $nodes; groups = $groups; witness = $witness; places = $places.Count; storageSpaces = $spaces; pools = $pools
    }
}

$registration = Read-Part -Part 'failoverCluster.registered' -Default $null -Look {
    if (Test-Cmdlet -Name 'Get-AzureStackHCI') {
        $state = Get-AzureStackHCI
        $last = ''
        if ($state.LastConnected -is [DateTime]) {
            $last = $state.LastConnected.ToUniversalTime().ToString('yyyy-MM-dd', [System.Globalization.CultureInfo]::InvariantCulture)
        }
        [ordered]@{ state = [string]$state.RegistrationStatus; last = $last }
    }
}

[ordered]@{
    computer = [ordered]@{
        name = [string]$computer.DNSHostName; domain = $domain; role = [int]$computer.DomainRole
        maker = [string]$computer.Manufacturer; model = [string]$computer.Model; memory = [uint64]$computer.TotalPhysicalMemory
        hypervisor = $computer.HypervisorPresent; timeZone = [System.TimeZoneInfo]::Local.Id; correction = $correction
    }
    address = $address
    dns = $servers
    gateways = $gateways
    processors = $processors
    firmware = [ordered]@{ type = $uefi; secureBoot = $secureBoot; chips = $chips; vbs = $guard; version = $bios }
    system = [ordered]@{
        caption = [string]$system.Caption; sku = [int]$system.OperatingSystemSKU; build = [int]$system.BuildNumber
        patch = [int](Get-Setting -Key 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion' -Name 'UBR')
        region = [string](Get-WinSystemLocale).Name
        language = [System.Globalization.CultureInfo]::GetCultureInfo([int]$system.OSLanguage).Name
        dep = $system.DataExecutionPrevention_Available; powerShell = [string]$PSVersionTable.PSVersion
    }
    restart = $restart
    clock = $clock
    drives = $drives
    boot = @($boot.ToArray())
    adapters = $adapters
    switches = $switches
    graphics = $graphics
    modules = $modules
    migration = $migration
    proxy = $proxy
    credSSP = $credssp
    aksHciModule = $module
    prepared = $prepared
    features = $features
    failoverCluster = $cluster
    registration = $registration
    unread = @($unread.ToArray())
}
