import Testing
import XML
import XMPP

@Suite("Registration (XEP-0077)")
struct RegistrationTests {
    private let open = "<query xmlns='jabber:iq:register'>"

    @Test("every field", arguments: Registration.Field.allCases)
    func fields(field: Registration.Field) throws {
        let name = field.rawValue
        try expectBothWays(Registration(fields: [field: ""]), "\(open)<\(name)/></query>")
        try expectBothWays(Registration(fields: [field: "v"]), "\(open)<\(name)>v</\(name)></query>")
    }

    @Test("query, offered fields, present registration, and removal")
    func kinds() throws {
        try expectBothWays(Registration(), "<query xmlns='jabber:iq:register'/>")
        try expectBothWays(
            Registration(instructions: "Fill in", fields: [.phone: "", .nick: ""], form: DataForm(.form, title: "T")),
            """
            \(open)<instructions>Fill in</instructions><nick/><phone/><x xmlns='jabber:x:data' type='form'>\
            <title>T</title></x></query>
            """)
        try expectBothWays(
            Registration(isRegistered: true, fields: [.username: "a", .password: ""]),
            "\(open)<registered/><username>a</username><password/></query>")
        try expectBothWays(Registration(isRemoval: true), "\(open)<remove/></query>")
    }

    @Test("a removal with other elements is refused (§3.2), and so is a malformed form")
    func refused() throws {
        try expectRefused(Registration.self, "\(open)<remove/><username>a</username></query>")
        try expectRefused(Registration.self, "\(open)<x xmlns='jabber:x:data'/></query>")
        try expectRefused(Registration.self, "<query xmlns='jabber:iq:auth'/>")
    }
}
