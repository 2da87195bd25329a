/// One row of the configuration: a key that may be written, the property of the settings that it sets, and what a change
/// of it does to what runs.
///
/// A key whose value takes no more than itself to be read is read by its row. The others are read where what they need
/// comes together; their rows know no more than where the value is then.
struct SettingKey<Settings: SettingsWithDefaults>: Sendable {
    typealias Path<Value> = any WritableKeyPath<Settings, Value> & Sendable
    typealias Place = any PartialKeyPath<Settings> & Sendable
    /// What a text does to the settings.
    typealias Change = (inout Settings) -> Void

    /// What may be written, and what for.
    let known: KnownKey
    /// The property that it sets.
    let place: Place
    /// What a change of it does.
    let whenChanged: ChangeEffect
    /// Whether the settings say the same under it.
    let isSame: @Sendable (Settings, Settings) -> Bool
    /// Reads what is written; nil where it was left out, or cannot be used, which is reported.
    fileprivate(set) var read: @Sendable (ObjectReader, inout ConversionContext) -> Change? = { _, _ in nil }

    /// The key.
    var name: String { known.name }
}

/// Settings of which each value has a default.
protocol SettingsWithDefaults: Sendable {
    /// The settings when nothing is written.
    static var defaults: Self { get }
}

/// What the change of a key does to what runs, the least first.
package enum ChangeEffect: Int, Sendable, Comparable, CaseIterable {
    /// It counts from then on, and nothing is opened again.
    case inPlace
    /// The server is reached anew under the sessions that it has.
    case renew
    /// Another server takes the place of the one there is, whose sessions end.
    case replace
    /// It counts when the program is started again.
    case restart

    package static func < (left: ChangeEffect, right: ChangeEffect) -> Bool { left.rawValue < right.rawValue }
}

// MARK: - The kinds of rows

extension SettingKey {
    /// A key that is read elsewhere.
    static func other<Value: Equatable & Sendable>(
        _ name: String, _ shape: KnownKey.Shape, default defaultValue: ConfigurationNode.Value? = nil,
        _ place: any KeyPath<Settings, Value> & Sendable, whenChanged: ChangeEffect, _ documentation: String,
        hints: String? = nil
    ) -> SettingKey {
        SettingKey(
            known: KnownKey(name, shape, default: defaultValue, documentation, hints: hints), place: place,
            whenChanged: whenChanged, isSame: { $0[keyPath: place] == $1[keyPath: place] })
    }

    /// A key that says one part of a value that several keys make together.
    ///
    /// - Parameter part: The part; nil where the value has none, and the key then says nothing.
    static func part<Value: Equatable & Sendable>(
        _ name: String, _ shape: KnownKey.Shape, default defaultValue: ConfigurationNode.Value? = nil,
        of place: Place, whenChanged: ChangeEffect, _ documentation: String, hints: String? = nil,
        _ part: @escaping @Sendable (Settings) -> Value?
    ) -> SettingKey {
        SettingKey(
            known: KnownKey(name, shape, default: defaultValue, documentation, hints: hints), place: place,
            whenChanged: whenChanged,
            isSame: { old, new in
                guard let old = part(old), let new = part(new) else { return true }
                return old == new
            })
    }

    /// A text; an empty one counts as left out.
    static func text(
        _ name: String, _ place: Path<String>, whenChanged: ChangeEffect, _ documentation: String
    ) -> SettingKey {
        .other(
            name, .text, default: .string(Settings.defaults[keyPath: place]), place, whenChanged: whenChanged,
            documentation
        ).setting(place) { $0.nonEmptyText(name, &$1) }
    }

    /// A text, without which there is none; an empty one counts as left out.
    static func ownText(
        _ name: String, _ place: Path<String?>, whenChanged: ChangeEffect, _ documentation: String
    ) -> SettingKey {
        .other(name, .text, place, whenChanged: whenChanged, documentation)
            .settingOwn(place) { $0.nonEmptyText(name, &$1) }
    }

    /// A truth value.
    static func boolean(
        _ name: String, _ place: Path<Bool>, whenChanged: ChangeEffect, _ documentation: String
    ) -> SettingKey {
        .other(
            name, .boolean, default: .bool(Settings.defaults[keyPath: place]), place, whenChanged: whenChanged,
            documentation
        ).setting(place) { $0.boolean(name, &$1) }
    }

    /// A whole number.
    static func count(
        _ name: String, _ place: Path<Int>, _ range: ClosedRange<Int>, whenChanged: ChangeEffect,
        _ documentation: String
    ) -> SettingKey {
        let usual = Settings.defaults[keyPath: place]
        return .other(
            name, .integer(range), default: .number("\(usual)"), place, whenChanged: whenChanged, documentation
        ).setting(place) { $0.integer(name, in: range, usual: usual, &$1) }
    }

    /// A size.
    static func size(
        _ name: String, _ place: Path<Int>, _ range: ClosedRange<Int>, whenChanged: ChangeEffect,
        _ documentation: String
    ) -> SettingKey {
        let usual = Settings.defaults[keyPath: place]
        return .other(
            name, .size(range), default: .string(ByteSizeText.format(usual)), place, whenChanged: whenChanged,
            documentation
        ).setting(place) { $0.size(name, in: range, usual: usual, &$1) }
    }

    /// A duration.
    static func time(
        _ name: String, _ place: Path<Duration>, _ range: ClosedRange<Duration>, whenChanged: ChangeEffect,
        _ documentation: String
    ) -> SettingKey {
        let usual = Settings.defaults[keyPath: place]
        return .other(
            name, .duration(range), default: .string(DurationText.format(usual)), place, whenChanged: whenChanged,
            documentation
        ).setting(place) { $0.duration(name, in: range, usual: usual, &$1) }
    }

    /// A duration in place of a limit that holds without it.
    ///
    /// - Parameter usual: What is proposed in place of one that cannot be used.
    static func ownTime(
        _ name: String, _ place: Path<Duration?>, _ range: ClosedRange<Duration>, usual: Duration,
        whenChanged: ChangeEffect, _ documentation: String
    ) -> SettingKey {
        .other(name, .duration(range), place, whenChanged: whenChanged, documentation)
            .settingOwn(place) { $0.duration(name, in: range, usual: usual, &$1) }
    }

    /// One of some words.
    static func choice<Choice: RawRepresentable & CaseIterable & Equatable & Sendable>(
        _ name: String, _ place: Path<Choice>, whenChanged: ChangeEffect, _ documentation: String
    ) -> SettingKey where Choice.RawValue == String {
        .other(
            name, .words(Choice.self), default: .string(Settings.defaults[keyPath: place].rawValue), place,
            whenChanged: whenChanged, documentation
        ).setting(place) { $0.choice(name, of: Choice.self, &$1) }
    }

    /// One of some words, without which other keys decide.
    static func ownChoice<Choice: RawRepresentable & CaseIterable & Equatable & Sendable>(
        _ name: String, _ place: Path<Choice?>, whenChanged: ChangeEffect, _ documentation: String
    ) -> SettingKey where Choice.RawValue == String {
        .other(name, .words(Choice.self), place, whenChanged: whenChanged, documentation)
            .settingOwn(place) { $0.choice(name, of: Choice.self, &$1) }
    }

    /// The row with a way to read its key.
    func setting<Value: Sendable>(
        _ place: Path<Value>, to value: @escaping @Sendable (ObjectReader, inout ConversionContext) -> Value?
    ) -> SettingKey {
        var row = self
        row.read = { reader, context in value(reader, &context).map { value in { $0[keyPath: place] = value } } }
        return row
    }

    /// The same, where the property holds nothing without the key.
    func settingOwn<Value: Sendable>(
        _ place: Path<Value?>, to value: @escaping @Sendable (ObjectReader, inout ConversionContext) -> Value?
    ) -> SettingKey {
        setting(place) { reader, context in value(reader, &context).map(Optional.some) }
    }
}

// MARK: - Many rows

extension Sequence {
    /// Reads every key that its own row reads.
    func read<Settings>(
        in reader: ObjectReader, into settings: inout Settings, _ context: inout ConversionContext
    ) where Element == SettingKey<Settings> {
        for row in self { row.read(reader, &context)?(&settings) }
    }

    /// Reads an object that has these keys; those left out keep their defaults, and so do all where there is no such object.
    func settings<Settings: SettingsWithDefaults>(
        under name: String, _ scope: KeyScope, in reader: ObjectReader, _ context: inout ConversionContext
    ) -> Settings where Element == SettingKey<Settings> {
        var settings = Settings.defaults
        if let object = reader.object(name, scope: scope, &context) { read(in: object, into: &settings, &context) }
        return settings
    }

    /// The rows under which the settings differ, in the order given.
    func changed<Settings>(from old: Settings, to new: Settings) -> [Element] where Element == SettingKey<Settings> {
        filter { !$0.isSame(old, new) }
    }
}
