import Basics
import Testing
import XML
import XMPP

@Suite("Occupant ids (XEP-0421)")
struct OccupantIDTests {
    @Test("an occupant id is written and read")
    func codec() throws {
        try expectBothWays(OccupantID("a1"), "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='a1'/>")
    }

    @Test("ids differ by person, room and secret, and are the same for the same three")
    func ids() {
        func id(_ person: String, _ room: String, _ secret: String) -> String {
            OccupantKey(secret: Secret(secret)).key(ofRoom: room).id(of: person)
        }
        let all = [id("bob", "#a", "s"), id("Bob", "#a", "s"), id("bob", "#b", "s"), id("bob", "#a", "t")]
        #expect(Set(all).count == 4 && all.allSatisfy { $0.utf8.count == 11 })
        // Clients keep ids, so a later version must make the same.
        #expect(all[0] == "i2ImVEk2cOF")
    }
}
