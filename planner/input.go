package planner

import "github.com/arcwright/arcwright/profiles"

// Input is everything a plan is made of. The same Input always makes the same Plan.
type Input struct {
	Site      Site
	Inventory Inventory
	Profile   profiles.Profile
	// ProfileDigest is the digest the plan is bound to, Profile.Digest when empty.
	ProfileDigest string
	// Scripts is the digest of the script catalogue that will run.
	Scripts string
	// Positions are where the keys of the site and the inventory stand in their files, as
	// DecodeSite and DecodeInventory tell; nil when there are no files.
	Positions Positions
}
