import GatewayKit
import Registry
import XMPP

/// The commands `block`, `unblock` and `blocked`, for clients without XEP-0191 at the gateway's address.
extension Blocking {
    private static let addressField = "address"
    private static let addressesField = "addresses"

    func addCommands() {
        commands.add(CommandDefinition("block", "Block somebody", steps: [askForAddress], run: block))
        commands.add(CommandDefinition("unblock", "Unblock somebody", steps: [askForBlocked], run: unblock))
        commands.add(CommandDefinition("blocked", "List the people whom I have blocked", run: listBlocked))
    }

    private func askForAddress(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        let field = CommandField(
            Self.addressField, .text, label: "Address, or \(kernel.description.promptLabel)", isRequired: true)
        return CommandForm(
            title: "Block somebody",
            instructions: ["No message of this person reaches you any more, and you cannot write to the person."],
            fields: [field])
    }

    private func block(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let typed = call.values.text(Self.addressField) ?? ""
        let address: BlockedAddress
        do throws(StanzaError) {
            address = try blockLists.address(of: try jid(typed: typed))
        } catch {
            throw error.about(Self.addressField)
        }
        guard try change(call.user, blocked: [address], unblocked: [], call.asker) else {
            return .done(CommandResult("\(typed) is blocked already."))
        }
        return .answeredLater
    }

    /// The JID of a typed address, name or number. A full address may be one that is not the gateway's.
    private func jid(typed: String) throws(StanzaError) -> JID {
        if let jid = try? JID(typed), jid.local != nil || jid == kernel.settings.domain { return jid }
        let address: Address
        do throws(AddressError) {
            address = try kernel.rules.normalize(typed)
        } catch {
            throw StanzaError(.notAcceptable, error.text)
        }
        guard let jid = kernel.addresses.jid(address) else { throw .notWritable }
        return jid
    }

    private func askForBlocked(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        let options = addresses(of: call.user).compactMap { blockLists.jid(of: $0)?.description }
        guard !options.isEmpty else {
            throw StanzaError(.itemNotFound, "You have blocked nobody here.")
        }
        let isShort = options.count <= Self.mostOptions
        let field = CommandField(
            Self.addressesField, isShort ? .choices : .lines,
            label: isShort ? "Addresses" : "Addresses, one a line",
            explanation: isShort
                ? nil : "You have blocked \(options.count) addresses. The command 'blocked' lists them.",
            isRequired: true, options: isShort ? options.map { CommandField.Option($0) } : [])
        return CommandForm(title: "Unblock somebody", fields: [field])
    }

    /// Maximum of addresses that the form offers for choice. If more are blocked, the user types addresses.
    private static let mostOptions = 100

    private func unblock(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        var addresses: [BlockedAddress] = []
        for text in call.values.list(Self.addressesField) {
            do throws(StanzaError) {
                addresses.append(try blockLists.address(of: try jid(typed: text)))
            } catch {
                throw error.about(Self.addressesField)
            }
        }
        guard try change(call.user, blocked: [], unblocked: addresses, call.asker) else {
            return .done(CommandResult("Nobody of them is blocked any more."))
        }
        return .answeredLater
    }

    private func listBlocked(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let rows = addresses(of: call.user).compactMap { blockLists.jid(of: $0).map { [$0.description] } }
        guard !rows.isEmpty else { return .done(CommandResult("You have blocked nobody here.")) }
        let line = rows.count == 1 ? "One address is blocked:" : "\(rows.count) addresses are blocked:"
        return .done(
            CommandResult([line], table: CommandResult.Table(columns: [("jid", "Address")], rows: rows)))
    }
}
