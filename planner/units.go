package planner

import "github.com/arcwright/arcwright/profiles"

// Bytes is an amount of memory or storage; its text form is such as 256GiB.
type Bytes = profiles.Bytes

// Date is a day of the calendar, without a time; its text form is 2026-11-22.
type Date = profiles.Date

// Cores is a number of processor cores or virtual processors.
type Cores int

// Millicores is processor time in thousandths of a core; its text form is such as 250m or 2.
type Millicores = profiles.Millicores
