package kerberos

import (
	"time"

	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

func asReqFor(c *Client) messages.ASReq {
	return messages.ASReq{KDCReqFields: messages.KDCReqFields{PVNO: 5, MsgType: 10, ReqBody: messages.KDCReqBody{
		KDCOptions: types.NewKrbFlags(), CName: c.name, Realm: c.realm, SName: types.PrincipalName{NameType: 2, NameString: []string{ticketGranting, c.realm}},
		Till: time.Unix(1<<30, 0).UTC(), Nonce: 1, EType: ciphers(),
	}}}
}

func tgsReqFor() messages.TGSReq {
	return messages.TGSReq{KDCReqFields: messages.KDCReqFields{ReqBody: messages.KDCReqBody{SName: types.PrincipalName{NameType: 2, NameString: []string{"HTTP", host}}, Nonce: 1}}}
}
