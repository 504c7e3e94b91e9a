# Reads one host: hardware, firmware, system, network, storage, and the failover cluster as this
# host sees it. Changes nothing. What could not be read is named in unread; it is never guessed.
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

# ConvertTo-Known turns a flag that may be missing into yes, no or unknown.
function ConvertTo-Known {
    param($Flag)
    if ($null -eq $Flag) {
        'unknown'
    } elseif ($Flag) {
        'yes'
    } else {
        'no'
    }
}

$principal = New-Object -TypeName System.Security.Principal.WindowsPrincipal -ArgumentList ([System.Security.Principal.WindowsIdentity]::GetCurrent())
$admin = $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)

$computer = Get-CimInstance -ClassName Win32_ComputerSystem
$system = Get-CimInstance -ClassName Win32_OperatingSystem
$processors = @(Get-CimInstance -ClassName Win32_Processor)

$domain = ''
$name = [string]$computer.DNSHostName
if ($computer.PartOfDomain) {
    $domain = [string]$computer.Domain
    $name = "$name.$domain"
}

$address = Read-Part -Part 'address' -Default $null -Look {
    $route = @(Get-NetRoute -DestinationPrefix '0.0.0.0/0' -AddressFamily IPv4 | Sort-Object -Property @('RouteMetric', 'InterfaceMetric'))[0]
    # Addresses that move with the failover cluster are marked as no source.
    $found = @(Get-NetIPAddress -InterfaceIndex $route.ifIndex -AddressFamily IPv4 | Where-Object -FilterScript { -not $_.SkipAsSource })
    [string]$found[0].IPAddress
}

# Once a hypervisor runs, Windows no longer sees these flags of the processor.
$slat = 'yes'
$virtualization = 'yes'
if (-not $computer.HypervisorPresent) {
    $slat = ConvertTo-Known -Flag $processors[0].SecondLevelAddressTranslationExtensions
    $virtualization = ConvertTo-Known -Flag $processors[0].VirtualizationFirmwareEnabled
}
$cores = 0
$logical = 0
foreach ($processor in $processors) {
    $cores += [int]$processor.NumberOfCores
    $logical += [int]$processor.NumberOfLogicalProcessors
}

$uefi = Read-Part -Part 'firmware.uefi' -Default 'unknown' -Look {
    # 1 is BIOS, 2 is UEFI.
    $control = Get-ItemProperty -LiteralPath 'HKLM:\SYSTEM\CurrentControlSet\Control' -Name PEFirmwareType
    ConvertTo-Known -Flag ([int]$control.PEFirmwareType -eq 2)
}
$secureBoot = Read-Part -Part 'firmware.secureBoot' -Default 'unknown' -Look {
    try {
        ConvertTo-Known -Flag (Confirm-SecureBootUEFI)
    } catch [System.PlatformNotSupportedException] {
        'no'
    }
}
$tpm = Read-Part -Part 'firmware.tpm' -Default 'unknown' -Look {
    # Without the rights of an administrator the class is simply empty.
    if (-not $admin) {
        throw 'reading the TPM takes an administrator'
    }
    $chips = @(Get-CimInstance -Namespace 'root/cimv2/Security/MicrosoftTpm' -ClassName Win32_Tpm)
    if ($chips.Count -eq 0) {
        ''
    } else {
        ([string]$chips[0].SpecVersion).Split(',')[0].Trim()
    }
}

# 7 is Standard, 8 and 12 are Datacenter, 406 is Azure Stack HCI, 407 and 408 are Datacenter: Azure Edition.
$editions = @{ 7 = 'Standard'; 8 = 'Datacenter'; 12 = 'Datacenter'; 13 = 'Standard'; 406 = 'Azure Stack HCI'; 407 = 'Datacenter Azure Edition'; 408 = 'Datacenter Azure Edition' }
$sku = [int]$system.OperatingSystemSKU
$edition = "SKU $sku"
if ($editions.ContainsKey($sku)) {
    $edition = $editions[$sku]
}
$product = ([string]$system.Caption -replace '^Microsoft ', '').Trim()

$skew = Read-Part -Part 'skew' -Default $null -Look {
    if ($domain -eq '') {
        throw 'the host is in no domain to compare its clock with'
    }
    # The last line ends in the offset, such as "12:00:00, +00.0123456s"; its form is the same in every language.
    $lines = @(& w32tm.exe /stripchart "/computer:$domain" /dataonly /samples:1)
    if ([string]$lines[-1] -notmatch '([+-][0-9]+\.[0-9]+)s') {
        throw "w32tm answered: $($lines[-1])"
    }
    [double]::Parse($Matches[1], [System.Globalization.CultureInfo]::InvariantCulture)
}

# On a cluster every host sees everybody's drives; only those connected to this one count.
$drives = @(Read-Part -Part 'drives' -Default @() -Look {
        $disks = @()
        if (Test-Cmdlet -Name 'Get-StorageNode') {
            foreach ($node in @(Get-StorageNode)) {
                if (([string]$node.Name).Split('.')[0] -eq $env:COMPUTERNAME) {
                    $disks = @(Get-PhysicalDisk -StorageNode $node -PhysicallyConnected)
                }
            }
        }
        if ($disks.Count -eq 0) {
            $disks = @(Get-PhysicalDisk)
        }
        $boot = @(Get-Disk | Where-Object -FilterScript { $_.IsBoot } | ForEach-Object -Process { ([string]$_.SerialNumber).Trim() })
        $rank = @{ 'PMem' = 0; 'NVMe' = 1; 'SSD' = 2; 'HDD' = 3; 'Unspecified' = 4 }
        $seen = @{}
        $found = New-Object -TypeName System.Collections.ArrayList
        foreach ($disk in $disks) {
            $bus = [string]$disk.BusType
            if ($seen.ContainsKey([string]$disk.UniqueId) -or $bus -in @('USB', 'File Backed Virtual', 'Spaces', 'Virtual')) {
                continue
            }
            $seen[[string]$disk.UniqueId] = $true
            $media = [string]$disk.MediaType
            if ($bus -eq 'NVMe') {
                $media = 'NVMe'
            } elseif ($bus -eq 'SCM' -or $media -eq 'SCM') {
                $media = 'PMem'
                $bus = 'PMem'
            }
            $role = 'capacity'
            if (([string]$disk.SerialNumber).Trim() -in $boot) {
                $role = 'boot'
            } elseif ([string]$disk.Usage -eq 'Journal') {
                $role = 'cache'
            }
            [void]$found.Add([pscustomobject]@{ Role = $role; Model = ([string]$disk.FriendlyName).Trim(); Media = $media; Bus = $bus; Size = [uint64]$disk.Size })
        }
        # Before Storage Spaces Direct is on, no drive is marked as cache: it will take the fastest kind.
        $kinds = @($found | Where-Object -FilterScript { $_.Role -ne 'boot' } | ForEach-Object -Process { $_.Media } | Sort-Object -Unique -Property { $rank[$_] })
        $marked = @($found | Where-Object -FilterScript { $_.Role -eq 'cache' })
        if ($kinds.Count -gt 1 -and $marked.Count -eq 0) {
            foreach ($disk in $found) {
                if ($disk.Role -eq 'capacity' -and $disk.Media -eq $kinds[0]) {
                    $disk.Role = 'cache'
                }
            }
        }
        foreach ($group in @($found | Group-Object -Property @('Role', 'Model', 'Media', 'Bus', 'Size'))) {
            $one = $group.Group[0]
            [ordered]@{ role = $one.Role; count = [int]$group.Count; model = $one.Model; media = $one.Media; bus = $one.Bus; size = $one.Size }
        }
    })

$adapters = @(Read-Part -Part 'adapters' -Default @() -Look {
        $rdma = @{}
        if (Test-Cmdlet -Name 'Get-NetAdapterRdma') {
            foreach ($one in @(Get-NetAdapterRdma -ErrorAction SilentlyContinue)) {
                $rdma[[string]$one.Name] = [bool]$one.Enabled
            }
        }
        foreach ($adapter in @(Get-NetAdapter -Physical | Sort-Object -Property Name)) {
            # The service processor's own port over USB is no network of the host.
            if ([string]$adapter.Status -eq 'Not Present' -or [string]$adapter.InterfaceDescription -match 'NDIS') {
                continue
            }
            $speed = 0.0
            if ([string]$adapter.Status -eq 'Up') {
                $speed = [double]$adapter.ReceiveLinkSpeed / 1000000000
            }
            [ordered]@{ name = [string]$adapter.Name; description = [string]$adapter.InterfaceDescription; gbps = $speed; rdma = [bool]$rdma[[string]$adapter.Name] }
        }
    })

$switches = @(Read-Part -Part 'switches' -Default @() -Look {
        if (Test-Cmdlet -Name 'Get-VMSwitch') {
            foreach ($switch in @(Get-VMSwitch | Sort-Object -Property Name)) {
                [ordered]@{ name = [string]$switch.Name; type = [string]$switch.SwitchType }
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
                [ordered]@{ path = [string]$info.FriendlyVolumeName; size = [uint64]$info.Partition.Size; free = [uint64]$info.Partition.FreeSpace }
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
    [ordered]@{ name = [string]$fabric.Name; address = $own; volumes = $volumes; networks = $networks }
}

[ordered]@{
    name = $name
    address = $address
    maker = ([string]$computer.Manufacturer).Trim()
    model = ([string]$computer.Model).Trim()
    processor = [ordered]@{
        name = ([string]$processors[0].Name).Trim(); sockets = $processors.Count; cores = $cores; logical = $logical
        slat = $slat; virtualization = $virtualization
    }
    memory = [uint64]$computer.TotalPhysicalMemory
    firmware = [ordered]@{ uefi = $uefi; secureBoot = $secureBoot; tpm = $tpm }
    os = [ordered]@{
        product = $product; edition = $edition; build = [int]$system.BuildNumber
        language = [System.Globalization.CultureInfo]::GetCultureInfo([int]$system.OSLanguage).Name
    }
    domain = $domain
    skew = $skew
    drives = $drives
    adapters = $adapters
    switches = $switches
    aksHciModule = $module
    prepared = $prepared
    features = $features
    failoverCluster = $cluster
    unread = @($unread.ToArray())
}
