package profiles

// AzureRules is what a platform asks of the subscription.
type AzureRules struct {
	// Providers are the resource providers that have to be registered.
	Providers Words `yaml:"providers"`
	// Roles are those of which the identity that registers the deployment needs one.
	Roles Words `yaml:"roles"`
	// PrivateLink is whether Azure may be reached through private endpoints only; unstated
	// where the pages contradict each other.
	PrivateLink Figure[Standing] `yaml:"privateLink"`
}
