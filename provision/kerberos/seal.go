package kerberos

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/types"
)

// ciphers are what is offered, the best known first. RC4 is left out: the accounts of all
// supported versions of Windows have keys for AES.
func ciphers() []int32 {
	return []int32{etypeID.AES256_CTS_HMAC_SHA1_96, etypeID.AES128_CTS_HMAC_SHA1_96, etypeID.AES256_CTS_HMAC_SHA384_192, etypeID.AES128_CTS_HMAC_SHA256_128}
}

func known(cipher int32) bool {
	for _, c := range ciphers() {
		if c == cipher {
			return true
		}
	}
	return false
}

// open decrypts. What is too short for its cipher is refused here: gokrb5 would panic.
func open(sealed types.EncryptedData, key types.EncryptionKey, usage uint32) ([]byte, error) {
	if sealed.EType != key.KeyType || !known(key.KeyType) {
		return nil, errSealed
	}
	cipher, err := crypto.GetEtype(key.KeyType)
	if err != nil {
		return nil, errSealed
	}
	if len(key.KeyValue) != cipher.GetKeyByteSize() || len(sealed.Cipher) <= cipher.GetConfounderByteSize()+cipher.GetHMACBitLength()/8 {
		return nil, errSealed
	}
	plain, err := crypto.DecryptEncPart(sealed, key, usage)
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}

// maxRounds bounds what a KDC may make us compute for a key: RFC 3962 has 4,096 and
// RFC 8009 32,768 rounds.
const maxRounds = 1 << 20

var errRounds = errors.New("the KDC asks for too many rounds to make the key")

// fromPassword makes a user's key.
func fromPassword(password, salt string, cipher int32, params []byte) (types.EncryptionKey, error) {
	if !known(cipher) {
		return types.EncryptionKey{}, fmt.Errorf("cipher %d is not supported", cipher)
	}
	e, err := crypto.GetEtype(cipher)
	if err != nil {
		return types.EncryptionKey{}, err
	}
	rounds := e.GetDefaultStringToKeyParams()
	if len(params) == 4 {
		if n := binary.BigEndian.Uint32(params); n == 0 || n > maxRounds {
			return types.EncryptionKey{}, errRounds
		}
		rounds = hex.EncodeToString(params)
	}
	value, err := e.StringToKey(password, salt, rounds)
	if err != nil {
		return types.EncryptionKey{}, fmt.Errorf("make key: %w", err)
	}
	return types.EncryptionKey{KeyType: cipher, KeyValue: value}, nil
}
