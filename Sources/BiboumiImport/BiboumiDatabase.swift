import Foundation
import GRDB

/// The SQLite database of biboumi 8 or 9, read without changing it: settings for each user, server and channel, and
/// the roster. Columns that a version does not have count as empty.
package struct BiboumiDatabase: Sendable, Equatable {
    /// One user's settings for one IRC server.
    package struct Server: Sendable, Equatable {
        /// The user's bare JID.
        package var owner: String
        /// The name of the server in addresses.
        package var server: String
        /// Values by the field names of biboumi's form: `nick`, `pass`, `sasl_password`, `username`, `realname`,
        /// `address`, `ports`, `tls_ports`, `fingerprint`, `encoding_in`, `throttle_limit`. Empty ones are left out.
        package var values: [String: String]
        /// The commands after each connect, in their order.
        package var afterConnect: [String]
    }

    /// One user's settings for one channel.
    package struct Channel: Sendable, Equatable {
        package var owner: String
        package var server: String
        package var channel: String
        package var isPersistent: Bool
        /// The encoding in which texts of the channel are read; nil for the usual one.
        package var encoding: String?
        /// The encoding in which texts to the channel are written; nil for the usual one.
        package var encodingOut: String?
    }

    /// A subscription between a user and an address of the gateway.
    package struct Contact: Sendable, Equatable {
        package var address: String
        package var user: String
    }

    package var servers: [Server]
    package var channels: [Channel]
    package var contacts: [Contact]
    /// The number of messages in the archive.
    package var messages: Int

    package init(servers: [Server], channels: [Channel] = [], contacts: [Contact] = [], messages: Int = 0) {
        self.servers = servers
        self.channels = channels
        self.contacts = contacts
        self.messages = messages
    }
}

extension BiboumiDatabase {
    /// Reads the file. Throws if it cannot be read, or if it is no database of biboumi.
    package init(file: String) throws(BiboumiFault) {
        guard FileManager.default.fileExists(atPath: file) else { throw BiboumiFault("\(file) does not exist") }
        var configuration = Configuration()
        configuration.readonly = true
        do {
            let queue = try DatabaseQueue(path: file, configuration: configuration)
            self = try queue.read { try BiboumiDatabase($0, file: file) }
        } catch let fault as BiboumiFault {
            throw fault
        } catch {
            throw BiboumiFault("\(file) cannot be read as an SQLite database: \(error)")
        }
    }

    private init(_ database: Database, file: String) throws {
        guard try database.tableExists("ircserveroptions_") else {
            throw BiboumiFault("\(file) has no table ircserveroptions_, so it is no database of biboumi 8 or 9")
        }
        let commands = try BiboumiDatabase.commands(database)
        servers = try BiboumiDatabase.rows(database, "ircserveroptions_").map { row in
            Server(
                owner: row.text("owner_"), server: row.text("server_"), values: BiboumiDatabase.values(row),
                afterConnect: commands[row.text("id_")] ?? [])
        }
        channels = try BiboumiDatabase.rows(database, "ircchanneloptions_").map { row in
            let (encoding, encodingOut) = (row.text("encodingin_"), row.text("encodingout_"))
            return Channel(
                owner: row.text("owner_"), server: row.text("server_"), channel: row.text("channel_"),
                isPersistent: ["1", "true"].contains(row.text("persistent_")),
                encoding: encoding.isEmpty ? nil : encoding, encodingOut: encodingOut.isEmpty ? nil : encodingOut)
        }
        contacts = try BiboumiDatabase.rows(database, "roster").map { row in
            Contact(address: row.text("local"), user: row.text("remote"))
        }
        let hasArchive = try database.tableExists("muclogline_")
        messages = hasArchive ? try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM muclogline_") ?? 0 : 0
    }

    /// The columns of `ircserveroptions_`, each with the field of biboumi's form.
    private static let fields = [
        "nick_": "nick", "pass_": "pass", "saslpassword_": "sasl_password", "username_": "username",
        "realname_": "realname", "address_": "address", "ports_": "ports", "tlsports_": "tls_ports",
        "trustedfingerprint_": "fingerprint", "encodingin_": "encoding_in", "throttlelimit_": "throttle_limit",
    ]

    private static func values(_ row: [String: String]) -> [String: String] {
        var values: [String: String] = [:]
        for (column, field) in fields where !row.text(column).isEmpty { values[field] = row.text(column) }
        return values
    }

    private static func commands(_ database: Database) throws -> [String: [String]] {
        var commands: [String: [String]] = [:]
        for row in try rows(database, "after_connection_commands_") {
            commands[row.text("fk_"), default: []].append(row.text("afterconnectioncommand_"))
        }
        return commands
    }

    /// All rows of a table as texts, in the order in which they were made; none if there is no such table.
    private static func rows(_ database: Database, _ table: String) throws -> [[String: String]] {
        guard try database.tableExists(table) else { return [] }
        return try Row.fetchAll(database, sql: "SELECT * FROM \"\(table)\" ORDER BY rowid").map { row in
            var texts: [String: String] = [:]
            for (column, value) in row { texts[column.lowercased()] = String.fromDatabaseValue(value) ?? "\(value)" }
            return texts.filter { $0.value != "NULL" }
        }
    }
}

extension [String: String] {
    fileprivate func text(_ column: String) -> String { self[column] ?? "" }
}

/// The reason why a database of biboumi cannot be read, as a text for the operator.
package struct BiboumiFault: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
