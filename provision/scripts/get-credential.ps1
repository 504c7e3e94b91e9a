# Fetches the administrator's kubeconfig of one cluster. The file never stays on the host.
param($Params, $Secrets)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

function Stop-Script {
    param([string]$Code, [string]$Message)
    $exception = New-Object -TypeName System.InvalidOperationException -ArgumentList $Message
    throw (New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList $exception, $Code, 'InvalidOperation', $null)
}

$cluster = [string]$Params.cluster
Import-Module -Name AksHci

# A folder of its own, for this account only, so that nobody reads the file while it is there.
$folder = Join-Path -Path $env:ProgramData -ChildPath ('arcwright\credential-{0}' -f [guid]::NewGuid().ToString('N'))
$account = [System.Security.Principal.WindowsIdentity]::GetCurrent().User
$only = New-Object -TypeName System.Security.AccessControl.DirectorySecurity
$only.SetAccessRuleProtection($true, $false)
$rule = New-Object -TypeName System.Security.AccessControl.FileSystemAccessRule -ArgumentList $account, 'FullControl', 'ContainerInherit, ObjectInherit', 'None', 'Allow'
$only.AddAccessRule($rule)
[void][System.IO.Directory]::CreateDirectory($folder, $only)
try {
    $path = Join-Path -Path $folder -ChildPath 'config'
    $null = Get-AksHciCredential -name $cluster -configPath $path -Confirm:$false
    # Some versions take the path for the file, others for a folder to put it in.
    $files = @(Get-ChildItem -LiteralPath $folder -Recurse -File)
    if ($files.Count -eq 0) {
        Stop-Script -Code 'NoCredential' -Message "Get-AksHciCredential wrote no kubeconfig for the cluster $cluster"
    }
    [ordered]@{ kubeconfig = [System.IO.File]::ReadAllText($files[0].FullName) }
} finally {
    Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction SilentlyContinue
}
