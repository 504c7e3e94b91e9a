# Tells how this host reaches what a deployment needs: the endpoints on the internet by a real request
# to each, the other hosts by name and port, and whether whole packets get as far as a gateway. Changes nothing.
param($Params, $Secrets)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# Windows Server 2019 offers older versions first, which the endpoints refuse.
[System.Net.ServicePointManager]::SecurityProtocol = [System.Net.SecurityProtocolType]::Tls12
$clock = [System.Diagnostics.Stopwatch]::StartNew()

# Wait-Until waits for a task until so many milliseconds of the script have passed, and says whether it ended.
function Wait-Until {
    param($Task, [int]$Limit)
    try {
        $Task.Wait([Math]::Max($Limit - [int]$clock.ElapsedMilliseconds, 1))
    } catch {
        $true
    }
}

# All requests are under way at once, so that silent endpoints cost the time of one.
$asked = @(foreach ($endpoint in @($Params.endpoints)) {
        $request = [System.Net.WebRequest]::Create([string]$endpoint.url)
        $request.AllowAutoRedirect = $false
        $request.Proxy = $null
        if ([string]$endpoint.proxy -ne '') {
            $request.Proxy = New-Object -TypeName System.Net.WebProxy -ArgumentList ([string]$endpoint.proxy)
        }
        [pscustomobject]@{ Url = [string]$endpoint.url; Request = $request; Task = $request.GetResponseAsync(); Name = [System.Net.Dns]::GetHostAddressesAsync($request.RequestUri.Host) }
    })
$endpoints = @(foreach ($one in $asked) {
        $state = 'answered'
        $code = 0
        $why = ''
        if (-not (Wait-Until -Task $one.Task -Limit 20000)) {
            $state = 'silent'
            $one.Request.Abort()
        } elseif ($one.Task.IsFaulted) {
            $fault = $one.Task.Exception.GetBaseException()
            $why = [string]$fault.Message
            $state = 'failed'
            if ($fault -is [System.Net.WebException]) {
                switch ([string]$fault.Status) {
                    'ProtocolError' { $state = 'answered' }
                    'NameResolutionFailure' { $state = 'unresolved' }
                    'ProxyNameResolutionFailure' { $state = 'no-proxy' }
                    'ConnectFailure' { $state = 'refused' }
                    'TrustFailure' { $state = 'untrusted' }
                    'SecureChannelFailure' { $state = 'untrusted' }
                    'Timeout' { $state = 'silent' }
                }
                if ($state -eq 'answered') {
                    $code = [int]$fault.Response.StatusCode
                    $fault.Response.Close()
                }
            }
        } else {
            $code = [int]$one.Task.Result.StatusCode
            $one.Task.Result.Close()
        }
        # Through a proxy all requests share one connection point, and its certificate may be another's.
        $issuer = ''
        if ($null -eq $one.Request.Proxy -and $null -ne $one.Request.ServicePoint.Certificate) {
            $issuer = [string]$one.Request.ServicePoint.Certificate.Issuer
        }
        $address = ''
        if ((Wait-Until -Task $one.Name -Limit 20000) -and -not $one.Name.IsFaulted) {
            $address = [string]@($one.Name.Result)[0]
        }
        [ordered]@{ url = $one.Url; state = $state; code = $code; address = $address; issuer = $issuer; message = $why }
    })

$begun = [int]$clock.ElapsedMilliseconds
$tried = @(foreach ($path in @($Params.paths)) {
        $client = New-Object -TypeName System.Net.Sockets.TcpClient
        [pscustomobject]@{ Path = $path; Client = $client; Task = $client.ConnectAsync([string]$path.host, [int]$path.port) }
    })
$paths = @(foreach ($one in $tried) {
        $state = 'open'
        if (-not (Wait-Until -Task $one.Task -Limit ($begun + 5000))) {
            $state = 'silent'
        } elseif ($one.Task.IsFaulted) {
            $state = 'failed'
            $fault = $one.Task.Exception.GetBaseException()
            if ($fault -is [System.Net.Sockets.SocketException]) {
                switch ([string]$fault.SocketErrorCode) {
                    'HostNotFound' { $state = 'unresolved' }
                    'NoData' { $state = 'unresolved' }
                    'ConnectionRefused' { $state = 'refused' }
                    'TimedOut' { $state = 'silent' }
                }
            }
        }
        $one.Client.Dispose()
        [ordered]@{ host = [string]$one.Path.host; port = [int]$one.Path.port; state = $state }
    })

# A whole packet of Ethernet is 1500 bytes, 28 of which are headers. That it is lost tells something
# only where a small one comes back.
$options = New-Object -TypeName System.Net.NetworkInformation.PingOptions -ArgumentList 64, $true
$packets = @(foreach ($gateway in @($Params.gateways)) {
        $state = 'silent'
        foreach ($bytes in @(32, 1472)) {
            $passed = $false
            for ($try = 0; $try -lt 3 -and -not $passed; $try++) {
                $ping = New-Object -TypeName System.Net.NetworkInformation.Ping
                try {
                    $reply = $ping.Send([string]$gateway, 1000, (New-Object -TypeName 'System.Byte[]' -ArgumentList $bytes), $options)
                    $passed = [string]$reply.Status -eq 'Success'
                } catch {
                    $passed = $false
                }
                $ping.Dispose()
            }
            if (-not $passed) {
                break
            }
            $state = 'cut'
            if ($bytes -eq 1472) {
                $state = 'whole'
            }
        }
        [ordered]@{ gateway = [string]$gateway; state = $state }
    })

[ordered]@{ endpoints = $endpoints; paths = $paths; packets = $packets }
