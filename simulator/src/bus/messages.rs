//! Which reading goes into which signal. Signals that are not here are options that this machine does not have; they
//! are sent as "not available".

use crate::math::exp;
use crate::sensors::Readings;

/// What a controller sends in a signal.
pub(super) enum Sent {
    /// A physical value in the signal's unit.
    Value(f64),
    /// The code that says that the sensor is broken.
    Error,
}

/// Where a signal's value comes from.
pub(super) type Source = fn(&Readings) -> Sent;

use Sent::{Error, Value};

/// A two-bit flag.
fn flag(on: bool) -> Sent {
    Value(f64::from(u8::from(on)))
}

/// Driver's loss index, %: 10 counts a second are half of the scale. Assumed, as makers do not publish such scales.
fn index(r: &Readings, plate: usize) -> Sent {
    if r.plate_dead[plate] { Error } else { Value(100.0 * (1.0 - exp(-0.07 * r.plate_rate[plate]))) }
}

fn rate(r: &Readings, plate: usize) -> Sent {
    if r.plate_dead[plate] { Error } else { Value(r.plate_rate[plate]) }
}

fn state(r: &Readings, plate: usize) -> Sent {
    if r.plate_dead[plate] { Error } else { Value(0.0) }
}

/// Suspect parameter number and failure mode: of a dead plate, as the database names the plates, 1514 down to 1511, with
/// failure mode 5, current below normal or open circuit; of an engine that is asked for one, oil pressure low (100, 1);
/// 0 for none.
fn trouble(r: &Readings) -> (f64, f64) {
    let plate = r.plate_dead.iter().position(|&dead| dead).map(|plate| (1514.0 - plate as f64, 5.0));
    plate.or(r.engine_fault.then_some((100.0, 1.0))).unwrap_or((0.0, 0.0))
}

fn any_fault(r: &Readings) -> bool {
    trouble(r).0 > 0.0
}

/// Machine modes of the ISO 11783 data dictionary: idle, field, emptying.
fn mode(r: &Readings) -> f64 {
    match (r.unloading, r.thresher_engaged) {
        (true, _) if !r.moving => 6.0,
        (_, true) => 2.0,
        _ => 1.0,
    }
}

/// Every message with its signals.
pub(super) const MESSAGES: &[(&str, &[(&str, Source)])] = &[
    (
        "EEC1",
        &[
            ("EngTorqueMode", |_| Value(1.0)),
            ("ActualEngPercentTorqueFrac", |_| Value(0.0)),
            ("DriverDemandPercentTorque", |r| Value(r.demand_pct)),
            ("ActualEngPercentTorque", |r| Value(r.torque_pct)),
            ("EngSpeed", |r| Value(r.engine_rpm)),
            ("EngControlSA", |_| Value(0.0)),
            ("EngDemandPercentTorque", |r| Value(r.demand_pct)),
        ],
    ),
    (
        "EEC2",
        &[
            ("AccelPedal1LowIdleSw", |r| flag(r.throttle_pct < 1.0)),
            ("KickdownSw", |_| flag(false)),
            ("AccelPedalPos1", |r| Value(r.throttle_pct)),
            ("EngPercentLoadAtCurrentSpeed", |r| Value(r.load_pct)),
            ("ActMaxAvailEngPercentTorque", |_| Value(100.0)),
        ],
    ),
    (
        "EEC3",
        &[("NominalFrictionPercentTorque", |_| Value(8.0)), ("EngDesiredOperatingSpeed", |r| Value(r.desired_rpm))],
    ),
    ("HOURS", &[("EngTotalHours", |r| Value(r.engine_h)), ("EngTotalRevs", |r| Value(r.engine_turns))]),
    (
        "ET1",
        &[
            ("EngCoolantTemp", |r| Value(r.coolant_c)),
            ("EngFuelTemp", |r| Value(r.air_c + 12.0)),
            ("EngOilTemp", |r| Value(r.oil_c)),
        ],
    ),
    (
        "EFLP1",
        &[
            ("EngFuelDeliveryPressure", |_| Value(420.0)),
            ("EngOilLevel", |_| Value(88.0)),
            // Oil pressure follows the pump.
            ("EngOilPressure", |r| Value(140.0 + 0.12 * r.engine_rpm)),
            ("EngCoolantLevel", |_| Value(96.0)),
        ],
    ),
    (
        "LFE1",
        &[
            ("EngFuelRate", |r| Value(r.fuel_l_h)),
            ("EngInstFuelEconomy", |r| Value(3.6 * r.ground_m_s / r.fuel_l_h.max(0.1))),
        ],
    ),
    ("VEP1", &[("BatteryPotential", |_| Value(27.6)), ("KeySwitchBatteryPotential", |_| Value(27.4))]),
    ("AMB", &[("BarometricPressure", |_| Value(101.0)), ("AmbientAirTemp", |r| Value(r.air_c))]),
    ("DD1", &[("FuelLevel1", |r| Value(r.fuel_level_pct))]),
    (
        "WBSD",
        &[
            ("WheelBasedSpeed", |r| Value(r.wheel_m_s)),
            ("WheelBasedDistance", |r| Value(r.wheel_m)),
            ("WheelBasedDirection", |_| Value(1.0)),
            ("KeySwitchState", |_| Value(1.0)),
            ("OperatorDirReversed", |_| flag(false)),
        ],
    ),
    (
        "GBSD",
        &[
            ("GroundBasedSpeed", |r| Value(r.ground_m_s)),
            ("GroundBasedDistance", |r| Value(r.ground_m)),
            ("GroundBasedDirection", |_| Value(1.0)),
        ],
    ),
    (
        "MSS",
        &[
            ("MachineSelectedSpeed", |r| Value(r.selected_m_s)),
            ("MachineSelectedDistance", |r| Value(r.ground_m)),
            ("MSSExitReason", |_| Value(0.0)),
            ("MachineSelectedDirection", |_| Value(1.0)),
            ("MSSSource", |_| Value(1.0)),
            ("MSSLimitStatus", |_| Value(0.0)),
        ],
    ),
    (
        "VDS",
        &[
            ("CompassBearing", |r| Value(r.course_rad.to_degrees())),
            ("NavBasedSpeed", |r| Value(3.6 * r.gnss_m_s)),
            ("Pitch", |r| Value(r.pitch_deg)),
            ("Altitude", |r| Value(r.altitude_m)),
        ],
    ),
    ("POS_RAPID", &[("Latitude", |r| Value(r.latitude_deg)), ("Longitude", |r| Value(r.longitude_deg))]),
    ("COG_SOG", &[("CogReference", |_| Value(0.0)), ("Cog", |r| Value(r.course_rad)), ("Sog", |r| Value(r.gnss_m_s))]),
    (
        "DM1",
        &[
            ("ProtectLamp", |_| flag(false)),
            ("AmberWarningLamp", |r| flag(any_fault(r))),
            ("RedStopLamp", |_| flag(false)),
            ("MalfunctionLamp", |_| flag(false)),
            ("DTC1_SPN_Low16", |r| Value(trouble(r).0)),
            ("DTC1_FMI", |r| Value(trouble(r).1)),
            ("DTC1_SPN_High3", |_| Value(0.0)),
            ("DTC1_OccurrenceCount", |r| Value(f64::from(u8::from(any_fault(r))))),
            ("DTC1_ConversionMethod", |_| Value(0.0)),
        ],
    ),
    (
        "HDR_POS",
        &[
            ("HeaderHeightLeft", |r| Value(1e3 * r.height_m[0])),
            ("HeaderHeightCentre", |r| Value(1e3 * r.height_m[1])),
            ("HeaderHeightRight", |r| Value(1e3 * r.height_m[2])),
            ("HeaderLateralTilt", |r| Value(r.tilt_deg)),
        ],
    ),
    (
        "HDR_STAT",
        &[
            ("HeaderEngaged", |r| flag(r.header_engaged)),
            ("HeaderAttached", |_| flag(true)),
            ("HeaderBelowWorkHeight", |r| flag(r.header_low)),
            ("HeaderReversing", |_| flag(false)),
            ("HeaderType", |r| Value(r.header_type)),
            ("WorkingWidth", |r| Value(1e3 * r.working_width_m)),
            ("HeaderWidth", |r| Value(1e3 * r.header_width_m)),
            ("HeightControlMode", |r| flag(r.height_control)),
        ],
    ),
    (
        "REEL",
        &[("ReelSpeed", |r| Value(r.reel_rpm)), ("ReelHeight", |_| Value(380.0)), ("ReelForeAft", |_| Value(-60.0))],
    ),
    (
        "FEEDER",
        &[
            ("FeederSpeed", |r| Value(410.0 * r.run)),
            ("FeedRate", |r| Value(r.feed_kg_s)),
            ("FeederTorque", |r| Value(60.0 * r.run + 45.0 * r.feed_kg_s)),
            ("FeederLayerHeight", |r| Value(10.0 + 9.0 * r.feed_kg_s)),
            ("FeederEngaged", |r| flag(r.thresher_engaged)),
            ("FeederReversing", |_| flag(false)),
            ("StoneDetected", |_| flag(false)),
            ("FeedRateState", |_| Value(0.0)),
        ],
    ),
    (
        "THRESH",
        &[
            ("RotorSpeed", |r| Value(r.drum_rpm * r.run)),
            ("SeparatorSpeed", |r| Value(r.separator_rpm * r.run)),
            ("ConcaveClearance", |r| Value(r.concave_mm)),
            ("RotorLoad", |r| Value(r.rotor_load_pct)),
            ("ThresherEngaged", |r| flag(r.thresher_engaged)),
            ("RotorDeslug", |r| flag(r.deslug)),
            ("RotorRange", |_| Value(1.0)),
        ],
    ),
    (
        "CLEAN",
        &[
            ("FanSpeed", |r| Value(r.fan_rpm * r.run)),
            ("UpperSieveOpening", |r| Value(r.upper_sieve_mm)),
            ("LowerSieveOpening", |r| Value(r.lower_sieve_mm)),
            ("ShoeSideTilt", |r| Value(r.roll_deg)),
            // Pressure goes with the square of the fan speed.
            ("FanPressure", |r| Value(340.0 * r.run * r.run)),
        ],
    ),
    (
        "ELEV",
        &[
            ("CleanGrainElevatorSpeed", |r| Value(372.0 * r.run)),
            ("ReturnsElevatorSpeed", |r| Value(385.0 * r.run)),
            ("ReturnsVolume", |r| Value(r.returns_pct)),
            ("ChopperSpeed", |r| Value(3200.0 * r.run)),
            ("ChopperEngaged", |r| flag(r.thresher_engaged)),
            ("SpreaderEngaged", |r| flag(r.thresher_engaged)),
            ("ReturnsOverload", |r| flag(r.returns_pct > 95.0)),
            ("ElevatorSlip", |_| flag(false)),
        ],
    ),
    (
        "LOSS_RATE",
        &[
            ("LossRateSepLeft", |r| rate(r, 0)),
            ("LossRateSepRight", |r| rate(r, 1)),
            ("LossRateShoeLeft", |r| rate(r, 2)),
            ("LossRateShoeRight", |r| rate(r, 3)),
        ],
    ),
    (
        // The counter of a dead plate keeps its last value: it counts in the controller, not in the plate.
        "LOSS_CNT",
        &[
            ("LossCountSepLeft", |r| Value(f64::from(r.plate_count[0]))),
            ("LossCountSepRight", |r| Value(f64::from(r.plate_count[1]))),
            ("LossCountShoeLeft", |r| Value(f64::from(r.plate_count[2]))),
            ("LossCountShoeRight", |r| Value(f64::from(r.plate_count[3]))),
        ],
    ),
    (
        "LOSS_IDX",
        &[
            ("LossIdxSepLeft", |r| index(r, 0)),
            ("LossIdxSepRight", |r| index(r, 1)),
            ("LossIdxShoeLeft", |r| index(r, 2)),
            ("LossIdxShoeRight", |r| index(r, 3)),
            ("LossStateSepLeft", |r| state(r, 0)),
            ("LossStateSepRight", |r| state(r, 1)),
            ("LossStateShoeLeft", |r| state(r, 2)),
            ("LossStateShoeRight", |r| state(r, 3)),
            ("LossSensitivity", |_| Value(50.0)),
        ],
    ),
    (
        "YIELD",
        &[
            ("GrainFlow", |r| Value(r.grain_flow_kg_s)),
            ("GrainMoisture", |r| Value(r.moisture_pct)),
            ("GrainTemp", |r| Value(r.grain_c)),
            ("TestWeight", |r| Value(r.test_weight_kg_hl)),
        ],
    ),
    (
        "TANK",
        &[
            ("GrainTankLevel", |r| Value(r.tank_pct)),
            ("GrainTank34Full", |r| flag(r.tank_pct >= 75.0)),
            ("GrainTankFull", |r| flag(r.tank_pct >= 97.0)),
            ("TankCoversOpen", |_| flag(true)),
            ("UnloadAugerEngaged", |r| flag(r.unloading)),
            ("UnloadAugerAngle", |r| Value(if r.unloading { 90.0 } else { 0.0 })),
            ("YieldHold", |r| flag(r.yield_hold)),
            ("CropType", |r| Value(r.crop_type)),
            ("YieldTotalMass", |r| Value(r.season_grain_kg)),
        ],
    ),
    ("TOTALS", &[("HarvestedArea", |r| Value(r.season_area_m2)), ("ThresherHours", |r| Value(r.thresher_h))]),
    (
        "SETPOINTS",
        &[
            ("SpCutHeight", |r| Value(1e3 * r.set_height_m)),
            ("SpReelSpeed", |r| Value(r.set_reel_rpm)),
            ("SpGroundSpeed", |r| Value(r.set_speed_m_s)),
            ("SpRotorSpeed", |r| Value(r.drum_rpm)),
            ("SpConcaveClearance", |r| Value(r.concave_mm)),
            ("SpFeedRate", |r| Value(r.set_feed_kg_s)),
            ("SpFanSpeed", |r| Value(r.fan_rpm)),
            ("SpUpperSieve", |r| Value(r.upper_sieve_mm)),
            ("SpLowerSieve", |r| Value(r.lower_sieve_mm)),
            ("SpLossTarget", |_| Value(1.2)),
        ],
    ),
    (
        "MACH_STAT",
        &[
            ("MachineMode", |r| Value(mode(r))),
            ("RoadMode", |_| flag(false)),
            ("OperatorSeated", |_| flag(true)),
            ("AutosteerActive", |_| flag(false)),
            ("ParkBrake", |r| flag(!r.moving)),
            ("FeedrateControlActive", |_| flag(false)),
            ("HeightControlActive", |r| flag(r.height_control)),
            ("HydOilTemp", |r| Value(r.hydraulic_c)),
        ],
    ),
];
