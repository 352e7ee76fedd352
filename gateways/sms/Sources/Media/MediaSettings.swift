import GatewayKit

/// The `media` section of the `sms` settings: what becomes of pictures and other files, in both directions.
package struct MediaSettings: Sendable, Equatable {
    /// Whether a file is sent as a link in the text where the provider takes none. Otherwise the message is refused.
    var sendsLinks = true
    /// Whether users may send files at private addresses, and files of providers are fetched from them.
    package var allowsPrivateAddresses = false
    /// The folder in which the files of inbound messages are kept. Nil: users get the provider's URLs.
    package var folder: String?
    /// The largest file, in bytes.
    package var fileBytes = 10 * 1_048_576
    /// The largest size of the folder, in bytes. The oldest files make room for new ones.
    var folderBytes = 1_024 * 1_048_576
    /// The greatest age of a file.
    var longestAge = Duration.seconds(30 * 86_400)

    init() {}

    /// Reads the section, and finishes the reader.
    init(reading reader: ConfigReader) {
        defer { reader.finish() }
        sendsLinks = reader.boolean("links") ?? true
        allowsPrivateAddresses = reader.boolean("private-addresses") ?? false
        folder = reader.string("folder")
        if let folder, !folder.hasPrefix("/") { reader.report("folder", "an absolute path is expected here") }
        let megabytes = reader.integer("file-megabytes", in: 1...100) ?? 10
        fileBytes = megabytes * 1_048_576
        let most = reader.integer("folder-megabytes", in: 1...1_000_000) ?? 1_024
        if most < megabytes { reader.report("folder-megabytes", "one file of 'file-megabytes' must have room") }
        folderBytes = most * 1_048_576
        longestAge = .seconds(86_400 * (reader.integer("days", in: 1...3_650) ?? 30))
    }
}

extension SMSSettings {
    /// How each account's files are fetched, by the account's name. Accounts whose profile has no rule for that are
    /// missing.
    func mediaFetches(_ transport: @escaping ProviderLink.Transport) -> [String: MediaFetch] {
        let fetches = accounts.compactMap { account in
            account.profile.media.map { rule in
                let fetch = MediaFetch(
                    rule: rule, settings: account.settings, allowsPrivateAddresses: media.allowsPrivateAddresses,
                    transport: transport)
                return (account.name, fetch)
            }
        }
        return Dictionary(fetches, uniquingKeysWith: { a, _ in a })
    }
}
