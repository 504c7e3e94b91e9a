package directory

import (
	"context"
)

// A Result is what Apply has done and what it has left.
type Result struct {
	// Made are the changes that were made, in their order.
	Made []Change
	// After is the directory as it is now. Its Changes are those that were left.
	After Sight
}

// Options say how far Apply may go.
type Options struct {
	// Existing allows it to add to objects that others have made.
	Existing bool
	// Tell, if not nil, is called after each change.
	Tell func(Change)
}

// rounds is how often Apply looks: units and objects, the rights that need their SIDs, and
// what somebody else has done meanwhile.
const rounds = 4

// Apply makes what a site needs and lacks, and looks again until nothing more can be made.
// With an error, what was made until then stays; to apply once more makes the rest.
func (c *Client) Apply(ctx context.Context, w Wanted, o Options) (Result, error) {
	var r Result
	var err error
	for range rounds {
		if r.After, err = c.Look(ctx, w); err != nil {
			return r, err
		}
		made := 0
		for _, change := range r.After.Changes {
			if change.Later != "" || change.Existing && !o.Existing {
				continue
			}
			done, err := c.make(ctx, change)
			if err != nil {
				return r, err
			}
			if !done {
				continue
			}
			made++
			r.Made = append(r.Made, change)
			if o.Tell != nil {
				o.Tell(change)
			}
		}
		if made == 0 {
			return r, nil
		}
	}
	r.After, err = c.Look(ctx, w)
	return r, err
}

// make makes one change, and reports whether there was anything to do by now.
func (c *Client) make(ctx context.Context, change Change) (bool, error) {
	if len(change.Attributes) > 0 {
		err := c.add(ctx, change.DN, change.Attributes)
		if ClassOf(err) == ClassExists {
			return false, nil // the next look says whether it is what was wanted
		}
		return err == nil, err
	}
	edits := change.Edits
	if change.grant != nil {
		// Rights are one value: between this reading and the writing nobody else may
		// change them, so both are as close together as they can be.
		entry, err := c.read(ctx, change.DN, "nTSecurityDescriptor")
		if err != nil {
			return false, err
		}
		d, err := ParseDescriptor(entry.GetRawAttributeValue("nTSecurityDescriptor"))
		if err == nil {
			edits, err = granted(d, *change.grant)
		}
		if err != nil {
			return false, &Error{"change " + change.DN, c.server.address(), ClassProtocol, err}
		}
	}
	err := c.modify(ctx, change.DN, edits)
	if ClassOf(err) == ClassExists {
		return false, nil
	}
	return err == nil, err
}
