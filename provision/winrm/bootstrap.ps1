# Runs one script of the catalogue. Input: one line of base64, the JSON document
# {name, script, params, secrets}. Output: one JSON document between two marker lines.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Set-StrictMode -Version Latest
$awUtf8 = New-Object System.Text.UTF8Encoding $false
$OutputEncoding = $awUtf8
$awExit = 0
# Native programs are read in UTF-8. A process without a console has nothing to set.
try { [Console]::OutputEncoding = $awUtf8 } catch { $awConsole = $_ }
# Without its type data an array becomes a JSON array, never {value, Count}.
Remove-TypeData -TypeName System.Array -ErrorAction Ignore
try {
    $awLine = -join @($input)
    $awDocument = $awUtf8.GetString([Convert]::FromBase64String($awLine))
    $awCall = ConvertFrom-Json -InputObject $awDocument
    $awBlock = [ScriptBlock]::Create($awCall.script)
    $awAll = @(& $awBlock $awCall.params $awCall.secrets)
    if ($awAll.Count -gt 1) {
        throw "script $($awCall.name) returned $($awAll.Count) objects instead of one"
    }
    $awResult = $null
    if ($awAll.Count -eq 1) { $awResult = $awAll[0] }
    $awJson = ConvertTo-Json -InputObject ([ordered]@{ ok = $true; result = $awResult }) -Depth 32 -Compress
} catch {
    $awExit = 1
    $awAt = ''
    if ($null -ne $_.InvocationInfo) { $awAt = [string]$_.InvocationInfo.PositionMessage }
    $awError = [ordered]@{
        code     = [string]$_.FullyQualifiedErrorId
        message  = [string]$_.Exception.Message
        type     = $_.Exception.GetType().FullName
        position = $awAt
    }
    $awJson = ConvertTo-Json -InputObject ([ordered]@{ ok = $false; error = $awError }) -Depth 4 -Compress
}
$awText = @('##arcwright-begin##', $awJson, '##arcwright-end##', '') -join [string][char]10
$awBytes = $awUtf8.GetBytes($awText)
$awOut = [Console]::OpenStandardOutput()
$awOut.Write($awBytes, 0, $awBytes.Length)
$awOut.Flush()
exit $awExit
