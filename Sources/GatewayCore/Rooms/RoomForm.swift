import Basics
import GatewayKit
import XMPP

/// Translates the settings of a room to the fields of its configuration form, and back (XEP-0045 §10.1.3, §15.5.3).
enum RoomForm {
    private static let type = "http://jabber.org/protocol/muc#roomconfig"
    private static let hasPassword = "muc#roomconfig_passwordprotectedroom"
    private static let password = "muc#roomconfig_roomsecret"

    /// The settings that XEP-0045 has fields for. If `isInverted`, the field says the opposite.
    private static let flags: [(setting: String, field: String, isInverted: Bool)] = [
        ("moderated", "muc#roomconfig_moderatedroom", false), ("members-only", "muc#roomconfig_membersonly", false),
        ("hidden", "muc#roomconfig_publicroom", true), ("topic-locked", "muc#roomconfig_changesubject", true),
        ("persistent", "muc#roomconfig_persistentroom", false),
    ]
    /// The labels of inverted fields.
    private static let labels = [
        "muc#roomconfig_publicroom": "The room is in the network's list",
        "muc#roomconfig_changesubject": "Everybody may change the topic",
    ]
    private static let limit = (setting: "limit", field: "muc#roomconfig_maxusers")

    static func form(_ settings: RoomSettings) -> DataForm {
        let fields = settings.settings.filter(\.isChangeable).flatMap(fields)
        return DataForm(.form, title: "Configuration of the room", fields: [DataForm.formType(type)] + fields)
    }

    private static func fields(_ setting: RoomSettings.Setting) -> [DataForm.Field] {
        let (name, label) = (setting.name, setting.label)
        switch setting.value {
        case .flag(let isOn):
            let known = flags.first { $0.setting == name }
            let value = isOn != (known?.isInverted ?? false)
            let field = known?.field ?? name
            return [DataForm.Field(field, .boolean, label: labels[field] ?? label, values: [value ? "1" : "0"])]
        case .number(let number):
            let field = name == limit.setting ? limit.field : name
            return [DataForm.Field(field, .textSingle, label: label, values: [number.map { String($0) } ?? ""])]
        case .text(let text): return [DataForm.Field(name, .textSingle, label: label, values: [text ?? ""])]
        case .list(let items): return [DataForm.Field(name, .textMulti, label: label, values: items)]
        case .secret(let secret):
            guard name == "password" else {
                return [DataForm.Field(name, .textPrivate, label: label, values: [secret?.reveal() ?? ""])]
            }
            let isOn = DataForm.Field(
                hasPassword, .boolean, label: "Entering needs a password", values: [secret == nil ? "0" : "1"])
            return [isOn, DataForm.Field(password, .textPrivate, label: label, values: [secret?.reveal() ?? ""])]
        }
    }

    /// The values of a filled-in form. Fields that are left out stay as they are.
    static func values(of form: DataForm) throws(StanzaError) -> [String: SettingValue] {
        var values: [String: SettingValue] = [:]
        for field in form.fields {
            guard let name = field.name, name != "FORM_TYPE", name != hasPassword, name != password else { continue }
            let (setting, value) = try value(of: field, name)
            values[setting] = value
        }
        if let value = try passwordValue(of: form) { values["password"] = value }
        return values
    }

    private static func value(
        of field: DataForm.Field, _ name: String
    ) throws(StanzaError) -> (String, SettingValue) {
        let text = field.values.first ?? ""
        if let known = flags.first(where: { $0.field == name }) {
            return (known.setting, .flag(try flag(text, name) != known.isInverted))
        }
        if name == limit.field {
            guard !text.isEmpty, text != "none" else { return (limit.setting, .number(nil)) }
            guard let number = Int(text), number > 0 else { throw wrong(name) }
            return (limit.setting, .number(number))
        }
        // A submitted form may leave the types out. The adapter knows which of its settings are flags.
        if field.type == .boolean { return (name, .flag(try flag(text, name))) }
        return (name, .text(text.isEmpty ? nil : text))
    }

    private static func passwordValue(of form: DataForm) throws(StanzaError) -> SettingValue? {
        let secret = form.value(password) ?? ""
        guard let isOn = form.value(hasPassword) else {
            return form[password] == nil ? nil : .secret(secret.isEmpty ? nil : Secret(secret))
        }
        guard try flag(isOn, hasPassword) else { return .secret(nil) }
        guard form[password] != nil else { return nil }
        guard !secret.isEmpty else {
            throw StanzaError(.notAcceptable, "Give the password that the room shall have.")
        }
        return .secret(Secret(secret))
    }

    private static func flag(_ text: String, _ name: String) throws(StanzaError) -> Bool {
        switch text {
        case "1", "true": return true
        case "0", "false": return false
        default: throw wrong(name)
        }
    }

    private static func wrong(_ name: String) -> StanzaError {
        StanzaError(.notAcceptable, "The field \(name) cannot have this value.")
    }
}
