package directory

// Identity is a certificate for dc1.lab.example and who vouches for it.
var Identity = identity
