import Foundation
import ServerRig

/// A start with very many registered users. Each user has 5 contacts and has met 5 peers. The workload measures the time
/// of the start, the memory, the number of contact presences that do not arrive, and the time until the gateway answers a
/// user's first stanza.
enum Registered {
    static let name = "registered"
    private static let contacts = 5
    /// The number of users whose first stanza is measured.
    private static let speakers = 1000

    /// Runs the workload on a gateway to IRC, which opens no session before a user speaks, and on a gateway to SMS, which
    /// opens a session for each registered user at the start.
    static func run(_ gateway: Gateway, _ bench: Bench) throws {
        guard gateway.isMartlet else { return }
        for texts in [false, true] { try run(gateway, bench, texts: texts) }
    }

    private static func run(_ gateway: Gateway, _ bench: Bench, texts: Bool) throws {
        let users = bench.settings.registeredUsers
        let folder = try RigFolder()
        // The first start makes the tables.
        try stage(gateway, bench, folder, texts) { _ in }
        try fill(folder, users: users)
        try stage(gateway, bench, folder, texts) { stage in
            // The gateway itself is a contact of every user. Contacts on IRC are absent until their user connects.
            let expected = users * (texts ? contacts + 1 : 1)
            let memory = stage.memoryAtStart
            try stage.run("\(expected) presences") { stage.xmpp.presences >= expected }
            try stage.settle(seconds: 1)
            let dropped = expected - stage.xmpp.presences
            let peak = stage.meter.peak
            let waits = try firstStanzas(stage, users: users).sorted()
            let words = "\(users) registered users, \(texts ? "SMS" : "IRC"): "
            let slow = Double(waits[waits.count * 99 / 100]) / 1e6
            let rows = [
                (Figure(name: words + "connected after", unit: "s", goal: "< 2 s", digits: 2), stage.connectedAfter),
                (
                    Figure(name: words + "memory when connected", unit: "MB", goal: "< 100 MB"),
                    Double(memory) / 1000
                ),
                (
                    Figure(name: words + "peak memory until all are told", unit: "MB", goal: "< 100 MB"),
                    Double(peak) / 1000
                ),
                (Figure(name: words + "presences dropped", unit: "", goal: "0", digits: 0), Double(dropped)),
                (Figure(name: words + "first stanza answered, p99", unit: "ms", goal: "≤ 5 ms", digits: 2), slow),
            ]
            for (figure, value) in rows {
                bench.report.add(figure, gateway, value)
                bench.say("  \(figure.name): \(figure.words(value))")
            }
        }
    }

    static func stage(
        _ gateway: Gateway, _ bench: Bench, _ folder: RigFolder, _ texts: Bool, _ work: (Stage) throws -> Void
    ) throws {
        let stage = try Stage(
            gateway, wrap: bench.settings.wrap, users: 0, capabilities: "", registry: folder, texts: texts)
        defer { stage.end() }
        try work(stage)
    }

    /// Lets users ask for the registration form, one after the other. Returns the nanoseconds until each answer.
    private static func firstStanzas(_ stage: Stage, users: Int) throws -> [Int] {
        var waits: [Int] = []
        var sentAt = 0
        stage.xmpp.onAnswer = { _ in waits.append(nanoseconds() - sentAt) }
        defer { stage.xmpp.onAnswer = { _ in } }
        for number in 0..<min(speakers, users) {
            let user = number * (users / min(speakers, users))
            sentAt = nanoseconds()
            stage.stream.append(
                """
                <iq type='get' from='u\(user)@localhost/r' to='\(XMPPEnd.domain)' id='q\(number)'>\
                <query xmlns='jabber:iq:register'/></iq>
                """)
            try stage.run("an answer to u\(user)") { waits.count > number }
        }
        return waits
    }

    /// Writes users with these numbers of contacts into the registry, and no peers. The gateway is a contact of each.
    static func fill(_ folder: RigFolder, users: Int, contacts: [Int]) throws {
        var sql = "BEGIN;"
        for (user, count) in contacts.prefix(users).enumerated() {
            let owner = "'\(XMPPEnd.domain)','u\(user)@localhost'"
            let each = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i<\(count - 1))"
            sql += """
                INSERT INTO accounts VALUES (\(owner),'');
                INSERT INTO account_settings VALUES (\(owner),'','phone','+1303555000\(user)',NULL);
                INSERT INTO contacts (gateway, user, localpart) VALUES (\(owner),'');
                INSERT INTO contacts (gateway, user, localpart) \(each) SELECT \(owner),'+1202555'||substr(10000+i,2) FROM n;
                """
        }
        try folder.run(sql + "COMMIT;", named: "contacts.sql", on: "registry.sqlite")
    }

    /// Writes the users, their contacts and their peers into the registry.
    static func fill(_ folder: RigFolder, users: Int) throws {
        let each = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i<\(users - 1))"
        let five = "WITH RECURSIVE c(k) AS (SELECT 0 UNION ALL SELECT k+1 FROM c WHERE k<\(contacts - 1))"
        let gateway = "'\(XMPPEnd.domain)','u'||i||'@localhost'"
        let phone = "'+12025'||substr(100000+(i+k)%100000,2)||k"
        let sql = """
            BEGIN;
            INSERT INTO accounts \(each) SELECT \(gateway),'' FROM n;
            INSERT INTO account_settings \(each) SELECT \(gateway),'','phone','+1303'||substr(10000000+i,2),NULL FROM n;
            CREATE TEMP TABLE c AS \(five) SELECT k FROM c;
            INSERT INTO contacts (gateway, user, localpart) \(each) SELECT \(gateway),'' FROM n;
            INSERT INTO contacts (gateway, user, localpart) \(each) SELECT \(gateway),\(phone) FROM n, c;
            INSERT INTO peers \(each) SELECT \(gateway),\(phone),NULL,unixepoch() FROM n, c;
            COMMIT;
            """
        try folder.run(sql, named: "registered.sql", on: "registry.sqlite")
    }
}
