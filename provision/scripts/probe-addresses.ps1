# Tells which of the given addresses are in use: by a ping, and in the subnets of this host by what
# answers for the address on the wire, which a firewall does not hide. Changes nothing.
param($Params, $Secrets)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$wanted = @{}
foreach ($address in @($Params.addresses)) {
    $wanted[[string]$address] = ''
}
# So many at once that a silent pool of a thousand takes some ten seconds.
$batch = 128
$all = @($Params.addresses)
for ($first = 0; $first -lt $all.Count; $first += $batch) {
    $last = [Math]::Min($first + $batch, $all.Count) - 1
    $sent = @(foreach ($address in $all[$first..$last]) {
            $ping = New-Object -TypeName System.Net.NetworkInformation.Ping
            [pscustomobject]@{ Address = [string]$address; Ping = $ping; Task = $ping.SendPingAsync([string]$address, 1000) }
        })
    foreach ($one in $sent) {
        try {
            if ([string]$one.Task.GetAwaiter().GetResult().Status -eq 'Success') {
                $wanted[$one.Address] = 'ping'
            }
        } catch {
            Write-Verbose -Message "$($one.Address): $($_.Exception.Message)"
        } finally {
            $one.Ping.Dispose()
        }
    }
}

# Each ping has made the host ask who has the address; only what has just answered is Reachable.
$cards = @{}
foreach ($neighbor in @(Get-NetNeighbor -AddressFamily IPv4)) {
    $address = [string]$neighbor.IPAddress
    if ($wanted.ContainsKey($address) -and [string]$neighbor.State -eq 'Reachable') {
        $cards[$address] = [string]$neighbor.LinkLayerAddress
        if ($wanted[$address] -eq '') {
            $wanted[$address] = 'arp'
        }
    }
}

$taken = @(foreach ($address in $all) {
        if ($wanted[[string]$address] -ne '') {
            [ordered]@{ address = [string]$address; by = $wanted[[string]$address]; card = [string]$cards[[string]$address] }
        }
    })
[ordered]@{ asked = $all.Count; taken = $taken }
