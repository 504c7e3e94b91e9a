# Reads what changes from day to day on one host: its clock, its free memory, restarts that are due,
# the versions of the module, what Windows' virus scanner passes over, what is left of AKS, the failover cluster's health as this host sees it,
# and what the DNS servers answer it. Changes nothing. What could not be read is named in unread.
param($Params, $Secrets)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$now = [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ss.fffZ', [System.Globalization.CultureInfo]::InvariantCulture)
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

# FreePhysicalMemory counts KiB.
$free = Read-Part -Part 'freeMemory' -Default $null -Look {
    [uint64](Get-CimInstance -ClassName Win32_OperatingSystem).FreePhysicalMemory * 1024
}

$restart = @(Read-Part -Part 'restart' -Default @() -Look {
        if (Test-Path -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending') {
            'features or updates'
        }
        if (Test-Path -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired') {
            'Windows Update'
        }
    })

$modules = @(Read-Part -Part 'aksHciModules' -Default @() -Look {
        foreach ($one in @(Get-Module -ListAvailable -Name AksHci | Sort-Object -Property Version -Descending)) {
            [string]$one.Version
        }
    })

# What another scanner passes over is not known here.
$antivirus = Read-Part -Part 'antivirus' -Default $null -Look {
    if (-not (Test-Cmdlet -Name 'Get-MpComputerStatus') -or @(Get-Service -Name 'WinDefend' | Where-Object -FilterScript { [string]$_.Status -eq 'Running' }).Count -eq 0) {
        return $null
    }
    if (-not (Get-MpComputerStatus).RealTimeProtectionEnabled) {
        return $null
    }
    $rules = Get-MpPreference
    $processes = @(foreach ($one in @($rules.ExclusionProcess)) { if ([string]$one -ne '') { [string]$one } })
    $folders = @(foreach ($one in @($rules.ExclusionPath)) { if ([string]$one -ne '') { [string]$one } })
    # A policy may hide them, and says so in their place.
    foreach ($one in @($processes) + @($folders)) {
        if ($one -match '^N/A') {
            throw $one
        }
    }
    [ordered]@{ processes = $processes; folders = $folders }
}

# The agents of AKS are services; on a failover cluster the cloud agent is a role as well.
$services = @(Read-Part -Part 'services' -Default @() -Look {
        foreach ($service in @(Get-Service -Name 'wssd*')) {
            [ordered]@{ name = [string]$service.Name; state = [string]$service.Status }
        }
    })

$cluster = Read-Part -Part 'failoverCluster' -Default $null -Look {
    if (-not (Test-Cmdlet -Name 'Get-Cluster') -or -not (Test-Path -LiteralPath 'HKLM:\Cluster')) {
        return $null
    }
    $nodes = @(foreach ($node in @(Get-ClusterNode)) {
            [ordered]@{ name = [string]$node.Name; state = [string]$node.State }
        })
    $roles = New-Object -TypeName System.Collections.ArrayList
    $offline = New-Object -TypeName System.Collections.ArrayList
    foreach ($resource in @(Get-ClusterResource)) {
        $type = [string]$resource.ResourceType
        $state = [string]$resource.State
        if ($type -eq 'Generic Service' -and [string](Get-ClusterParameter -InputObject $resource -Name ServiceName).Value -match '^wssd') {
            [void]$roles.Add([ordered]@{ name = [string]$resource.OwnerGroup; state = $state })
        }
        # A machine that is off or a task that is not due is no fault; what all the rest stands on is.
        if ($state -ne 'Online' -and [string]$resource.OwnerGroup -eq 'Cluster Group') {
            [void]$offline.Add([ordered]@{ name = [string]$resource.Name; type = $type; state = $state })
        }
    }
    $volumes = New-Object -TypeName System.Collections.ArrayList
    foreach ($volume in @(Get-ClusterSharedVolume)) {
        if ([string]$volume.State -ne 'Online') {
            [void]$volumes.Add([ordered]@{ name = [string]$volume.Name; node = [string]$volume.OwnerNode; state = [string]$volume.State; reason = '' })
        }
    }
    foreach ($view in @(Get-ClusterSharedVolumeState)) {
        # ReFS is always redirected at the file system, and says so.
        $reason = [string]$view.FileSystemRedirectedIOReason
        $state = [string]$view.StateInfo
        if ($state -eq 'Direct' -or ($state -eq 'FileSystemRedirected' -and $reason -eq 'FileSystemReFs')) {
            continue
        }
        if ($reason -in @('', 'NotFileSystemRedirected', 'FileSystemReFs')) {
            $reason = [string]$view.BlockRedirectedIOReason
        }
        [void]$volumes.Add([ordered]@{ name = [string]$view.Name; node = [string]$view.Node; state = $state; reason = $reason })
    }
    [ordered]@{ nodes = $nodes; offline = @($offline.ToArray()); volumes = @($volumes.ToArray()); agentRoles = @($roles.ToArray()) }
}

$dns = @(Read-Part -Part 'dns' -Default @() -Look {
        foreach ($server in @($Params.dnsServers)) {
            foreach ($query in @($Params.dnsQueries)) {
                $state = 'no-name'
                $why = ''
                try {
                    $found = @(Resolve-DnsName -Name $query.name -Type $query.type -Server $server -DnsOnly -NoHostsFile -QuickTimeout | Where-Object -FilterScript { [string]$_.Type -eq $query.type })
                    if ($found.Count -gt 0) {
                        $state = 'answered'
                    }
                } catch {
                    # The id is the same in every language, such as DNS_ERROR_RCODE_NAME_ERROR or ERROR_TIMEOUT.
                    $id = ([string]$_.FullyQualifiedErrorId).Split(',')[0]
                    $why = '{0}: {1}' -f $id, [string]$_.Exception.Message
                    if ($id -match 'TIMEOUT') {
                        $state = 'silent'
                    } elseif ($id -notmatch 'NAME_ERROR|NO_RECORDS') {
                        $state = 'failed'
                    }
                }
                [ordered]@{ server = [string]$server; name = [string]$query.name; state = $state; message = $why }
            }
        }
    })

[ordered]@{
    now = $now
    freeMemory = $free
    restart = $restart
    aksHciModules = $modules
    antivirus = $antivirus
    services = $services
    failoverCluster = $cluster
    dns = $dns
    unread = @($unread.ToArray())
}
