import GatewayKit
import Registry

@testable import SQLiteStore

let sms = "sms.example.org"
let ann = UserID("ann@example.org")
let bob = UserID("bob@example.org")
let kannel = NetworkID("main")
let day = Duration.seconds(86_400)

func time(_ seconds: Double) -> Timestamp { Timestamp(secondsSince1970: 1_790_000_000 + seconds) }

func account(_ user: UserID, phone: String, password: String? = nil, network: NetworkID? = nil) -> AccountRecord {
    var settings = ["phone": phone]
    settings["password"] = password
    return AccountRecord(
        gateway: sms, user: user, network: network, settings: settings,
        secretKeys: password == nil ? [] : ["password"])
}

func outbound(_ id: String, user: UserID = ann, state: OutboundEntry.State = .waiting, at: Double = 0) -> OutboundEntry
{
    OutboundEntry(
        id: RequestID(id), gateway: sms, account: AccountID(user: user, network: kannel), localpart: "+15550123",
        text: "Tide at six", sender: "\(user)/phone", recipient: "+15550123@\(sms)", originID: "m1",
        wantsReceipt: true, state: state, createdAt: time(at), updatedAt: time(at))
}

func inbound(_ id: String, key: String, network: NetworkID = kannel, at: Double = 0) -> InboundEntry {
    InboundEntry(
        id: id, gateway: sms, account: AccountID(user: ann, network: network), localpart: "+15550123",
        displayName: "Ben", text: "Ahoy", deduplicationKey: key, receivedAt: time(at))
}

func advance(
    _ id: String, to state: OutboundEntry.State, foreignID: String? = nil, notBefore: Double? = nil, at: Double = 1
) -> Change {
    .advance(
        RequestID(id), to: state, foreignID: foreignID.map(MessageID.init), notBefore: notBefore.map(time),
        at: time(at))
}
