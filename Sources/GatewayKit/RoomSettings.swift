import Basics

/// The settings of a room as a neutral form, in the order in which people should see them.
package struct RoomSettings: Sendable, Equatable, Codable {
    package let settings: [Setting]

    package init(_ settings: [Setting]) { self.settings = settings }

    /// One setting with its present value.
    package struct Setting: Sendable, Equatable, Codable {
        /// The setting's key in `RoomChange.settings`. Unique in the form.
        package let name: String
        /// The name that people see.
        package let label: String
        package let value: SettingValue
        /// The allowed values; empty if every value is allowed.
        package let choices: [String]
        /// Whether the account may change it now.
        package let isChangeable: Bool

        package init(
            _ name: String, label: String, value: SettingValue, choices: [String] = [], isChangeable: Bool = true
        ) {
            self.name = name
            self.label = label
            self.value = value
            self.choices = choices
            self.isChangeable = isChangeable
        }
    }
}

/// The value of a setting; its case is the setting's type.
package enum SettingValue: Sendable, Equatable, Codable {
    case flag(Bool)
    /// A number; nil if the setting is unset or unlimited.
    case number(Int?)
    /// A text; nil if the setting is unset.
    case text(String?)
    /// A password; nil if it is unset, or if the network does not show it to the account.
    case secret(Secret?)
    case list([String])
}
