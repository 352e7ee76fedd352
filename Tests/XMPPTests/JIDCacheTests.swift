import Testing
import XMPP

@Suite("Cached JIDs")
struct JIDCacheTests {
    @Test("a cached result equals that of reading the text anew, valid or not")
    func sameAsReading() {
        let domains = [
            "example.org", "EXAMPLE.org", "例え.example", "a b", "", "x..y", "[::1]", "longer-than-a-word.example.org",
        ]
        let locals = ["", "a@", "Alice@", "#ch%n@", "é@", "e\u{301}@", "a\"b@", "@", "somebody-with-a-longer-name@"]
        let resources = [
            "", "/", "/r", "/Nick Name", "/ﬁ", "/a@b/c", "/\u{7F}", "/" + String(repeating: "x", count: 300),
        ]
        let texts = domains.flatMap { domain in
            locals.flatMap { local in resources.map { local + domain + $0 } }
        }
        var cache = JIDCache()
        var crowded = JIDCache(slots: 4)
        for _ in 1...3 {
            for text in texts {
                let expected = Result<JID, JIDError> { () throws(JIDError) -> JID in try JID(text) }
                #expect(Result<JID, JIDError> { () throws(JIDError) -> JID in try cache.read(text) } == expected)
                #expect(Result<JID, JIDError> { () throws(JIDError) -> JID in try crowded.read(text) } == expected)
            }
        }
    }

    @Test("texts of the same shape are not confused")
    func noMixing() throws {
        var cache = JIDCache(slots: 1)
        for number in 0..<2000 {
            let text = "user\(number)@example.org/r\(number)"
            #expect(try cache.read(text).description == text)
            #expect(try cache.read(text).resource == "r\(number)")
        }
    }

    @Test("equal JIDs compare as equal and have one hash, however they were made")
    func equality() throws {
        let read = try JID("#room%net@gw.example/nick")
        let made = try JID(local: "#room%net", domain: "gw.example").with(resource: "nick")
        #expect(read == made)
        #expect(Set([read, made, try JID("#ROOM%net@GW.example/nick")]).count == 1)
        #expect(read.bare == made.bare)
        #expect(read.bare != read)
        #expect(read != (try JID("#room%net@gw.example/nack")))
        #expect(read.bare != (try JID("#room%nat@gw.example")))
        #expect(read.bare.description == "#room%net@gw.example")
    }
}
