import ServerRig
import Testing

extension Telephony {
    @Test("the gateway and a phone report the identity sms")
    func discovery() async throws {
        let deployment = try Stage.deployment
        let alice = try await deployment.user("alice")

        for (address, identity) in [(deployment.sms, "gateway/sms"), ("+12025550180@\(deployment.sms)", "client/sms")] {
            let info = try await alice.info(of: address)
            let identities = info.child("query")?.all("identity").map { "\($0["category"] ?? "")/\($0["type"] ?? "")" }
            #expect(identities == [identity])
        }
        let features = try await alice.info(of: deployment.sms).child("query")?.all("feature").compactMap { $0["var"] }
        #expect(Set(["jabber:iq:register", "jabber:iq:gateway", "urn:xmpp:ping"]).isSubset(of: features ?? []))
    }
}
