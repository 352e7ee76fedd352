import Testing

@testable import IRCAdapter

@Suite("IRC: questions to the ident server")
struct IdentQueryTests {
    @Test(
        "A question is two ports, with spaces where people like them",
        arguments: [
            ("6193, 23", 6193, 23), ("6193,23", 6193, 23), ("  1 ,\t65535 ", 1, 65535), ("00042 , 7", 42, 7),
        ])
    func reads(line: String, ours: Int, theirs: Int) throws {
        let query = try #require(IdentQuery(Array(line.utf8)))
        #expect(query.ours == ours)
        #expect(query.theirs == theirs)
    }

    @Test(
        "Anything else is no question",
        arguments: [
            "", ",", "1", "1,", ",1", "1,2,3", "0,1", "1,0", "65536,1", "-1,2", "1 2,3", "a,b", "+1,2", "١,٢",
            "000001,2",
            "1,2\0", "1,2;3", String(repeating: " ", count: 70) + "1,2",
        ])
    func refuses(line: String) { #expect(IdentQuery(Array(line.utf8)) == nil) }

    @Test("An answer repeats the ports, and has one line")
    func answers() throws {
        let query = try #require(IdentQuery(Array("6193 , 23".utf8)))
        #expect(
            query.answer(IdentOwner(system: "OTHER", name: "abc")) == "6193 , 23 : USERID : OTHER : abc\r\n")
        #expect(query.answer(nil) == "6193 , 23 : ERROR : NO-USER\r\n")
    }
}
