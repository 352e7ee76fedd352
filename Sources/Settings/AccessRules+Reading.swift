import GatewayKit
import Patterns

extension AccessRules {
    /// Reads the section `access` of the file.
    init(_ parent: ConfigReader, _ external: ExternalChecks) {
        guard let reader = parent.map("access") else {
            self.init(allow: nil)
            return
        }
        defer { reader.finish() }
        let groups = Self.groups(reader, external)
        self.init(reader, groups: groups, external)
        self.groups = groups
    }

    /// Reads a section with the keys `allow`, `deny` and `admins`.
    ///
    /// - Parameter groups: the groups that the lists may name.
    init(_ reader: ConfigReader, groups: [String: Set<String>], _ external: ExternalChecks) {
        let allow = Self.list(reader, "allow", groups, external)
        if case .list(let entries)? = reader.node("allow")?.value, entries.isEmpty {
            reader.report(
                "allow", "is an empty list. Add an entry, or remove the key to allow the users of the parent domain")
        }
        let admins = reader.entries("admins") { AddressSyntax.flaw(bareJID: $0) ?? external.flaw(preparing: $0) }
        self.init(
            allow: allow, deny: Self.list(reader, "deny", groups, external) ?? AccessList([]), admins: Set(admins))
    }

    /// The groups of users: each name with bare JIDs and domains.
    static func groups(_ parent: ConfigReader, _ external: ExternalChecks) -> [String: Set<String>] {
        guard let reader = parent.map("groups") else { return [:] }
        var groups: [String: Set<String>] = [:]
        for entry in reader.allEntries {
            groups[entry.key] = Set(reader.entries(entry.key) { flaw(of: $0, external) })
        }
        reader.finish()
        return groups
    }

    /// A list of users; nil if the key is absent, or no list, which is reported.
    private static func list(
        _ reader: ConfigReader, _ key: String, _ groups: [String: Set<String>], _ external: ExternalChecks
    ) -> AccessList? {
        guard let node = reader.node(key) else { return nil }
        var list = AccessList([])
        let entries = reader.entries(key) { entry in
            if entry == "*" { return nil }
            if let source = patternSource(entry) {
                do throws(PatternError) {
                    list.patterns.append(try Pattern("^(?:\(source))$"))
                    return nil
                } catch {
                    return error.text
                }
            }
            guard entry.hasPrefix("@") else { return flaw(of: entry, external) }
            guard let members = groups[String(entry.dropFirst())] else {
                return "names a group that does not exist: add it to access.groups"
            }
            list.names.formUnion(members)
            return nil
        }
        list.names.formUnion(entries.filter { !$0.hasPrefix("@") && patternSource($0) == nil })
        guard case .list = node.value else { return nil }
        return list
    }

    /// The regular expression of an entry such as `/.*@lab[0-9]+[.]example[.]org/`; nil if it is none.
    private static func patternSource(_ entry: String) -> String? {
        guard entry.count > 2, entry.hasPrefix("/"), entry.hasSuffix("/") else { return nil }
        return String(entry.dropFirst().dropLast())
    }

    private static func flaw(of entry: String, _ external: ExternalChecks) -> String? {
        let flaw = entry.contains("@") ? AddressSyntax.flaw(bareJID: entry) : AddressSyntax.flaw(domain: entry)
        return flaw ?? external.flaw(preparing: entry)
    }
}
