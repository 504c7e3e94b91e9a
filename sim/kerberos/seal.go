package kerberos

import (
	"errors"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/asn1tools"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/types"
)

const (
	aes256 = etypeID.AES256_CTS_HMAC_SHA1_96
	aes128 = etypeID.AES128_CTS_HMAC_SHA1_96
)

var errSealed = errors.New("it cannot be opened with this key")

// open decrypts. What is too short is refused here: gokrb5 would panic.
func open(sealed types.EncryptedData, key types.EncryptionKey, usage uint32) ([]byte, error) {
	e, err := crypto.GetEtype(key.KeyType)
	if err != nil || sealed.EType != key.KeyType || len(key.KeyValue) != e.GetKeyByteSize() ||
		len(sealed.Cipher) <= e.GetConfounderByteSize()+e.GetHMACBitLength()/8 {
		return nil, errSealed
	}
	plain, err := crypto.DecryptEncPart(sealed, key, usage)
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}

// seal encodes a structure under an application tag and encrypts it.
func seal(v any, tag int, key types.EncryptionKey, usage uint32, version int) (types.EncryptedData, error) {
	plain, err := asn1.Marshal(v)
	if err != nil {
		return types.EncryptedData{}, err
	}
	return crypto.GetEncryptedData(asn1tools.AddASNAppTag(plain, tag), key, usage, version)
}

// choose is the first cipher of a client that is known here, 0 when there is none.
func choose(offered []int32) int32 {
	for _, c := range offered {
		if c == aes256 || c == aes128 {
			return c
		}
	}
	return 0
}

// sessionKey is a new key. Those of a realm are drawn and not made from the seed: they say
// nothing of the world.
func sessionKey(cipher int32) (types.EncryptionKey, error) {
	e, err := crypto.GetEtype(cipher)
	if err != nil {
		return types.EncryptionKey{}, err
	}
	return types.GenerateEncryptionKey(e)
}
