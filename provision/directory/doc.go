// Package directory looks at Active Directory and prepares it for a site: organisational
// units, computer objects, the rights of the failover cluster's name object, service
// principal names, groups and DNS records. It speaks LDAP inside TLS, to any domain
// controller.
//
// What a site wants is a Wanted. A Sight is how far the directory has it: findings for what
// is missing or wrong, and the changes that would mend it, each of which prints as LDIF for
// whoever prefers to make it by hand. Apply makes them. It adds; it never deletes, moves or
// disables anything. What it makes carries a mark (Mark), and what carries none is only
// added to when the caller says so.
//
// Every wait ends by a clock.Clock, and the callers of Open, Look and Apply hold one busy
// token each. A Kerberos sign-in is the exception: its ticket is fetched by a library that
// opens connections and measures time by itself, so it is for a real site only.
package directory
