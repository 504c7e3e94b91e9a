// Package profiles says what each platform supports, what it costs and until when.
//
// A platform is one embedded YAML file, data/<name>.yaml. Platforms of the AksHci
// generation share most of their figures: those stand in data/akshci-common.yaml, which
// each of them names with extends. The two files never state the same top-level key, so
// nothing is overridden and a value is found in exactly one place.
//
// Every value carries a [Source]: the page it was read on and the day it was read. A file
// may state the day once for all its values, and an entry of a list may leave out the page
// when it is that of the entry above. Decoding is strict: an unknown key, a value without a
// source and a missing value are refused when the file is loaded.
//
// Pages are cited as repository:path or site:path. These repositories have short names:
//
//	ASD       MicrosoftDocs/azure-stack-docs
//	AC        MicrosoftDocs/architecture-center
//	WSD       MicrosoftDocs/windowsserverdocs
//	CLI-docs  MicrosoftDocs/azure-docs-cli
//	AKSD      MicrosoftDocs/azure-aks-docs
//	AMD       MicrosoftDocs/azure-management-docs
//	AVM       Azure/terraform-azurerm-avm-res-hybridcontainerservice-provisionedclusterinstance
//
// Other repositories are written out as owner/name:path, and owner/name#number is an
// issue there.
package profiles
