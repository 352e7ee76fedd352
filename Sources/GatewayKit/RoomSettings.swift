import Basics

/// The settings of a room as a neutral form, in the order in which people should see them.
package struct RoomSettings: Sendable, Equatable, Codable {
    package let settings: [Setting]

    package init(_ settings: [Setting]) { self.settings = settings }

    /// One setting with its present value.
    package struct Setting: Sendable, Equatable, Codable {
        /// Unique in the form: what `RoomChange.settings` calls it.
        package let name: String
        /// For people.
        package let label: String
        package let value: SettingValue
        /// The values to choose from; empty if any fits.
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
    /// Nil: not limited, or not set.
    case number(Int?)
    /// Nil: not set.
    case text(String?)
    /// A password. Nil: not set, or not shown to the account.
    case secret(Secret?)
    case list([String])
}
