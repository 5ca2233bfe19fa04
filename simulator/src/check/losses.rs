//! Levels and splits of loss, and how they answer to load, settings and the crop's state.

use super::row::{CheckRow, row};
use super::runs::{Run, elasticity, paced};
use super::statistics;
use crate::math::{exp, ln};
use crate::scenario::{Crop, Scenario, ScenarioError};

/// Levels, and where the loss falls. The runs given are those of trained operators.
pub fn levels(wheat: &Run, maize: &Run) -> Result<Vec<CheckRow>, ScenarioError> {
    let small_grains = ["wheat", "wheat-hurried", "wheat-header", "wheat-lodged"];
    let shares = small_grains.map(|name| Run::bundled(name, 1, 1800).map(|run| run.header_pct() / run.total_pct()));
    let mut shares: Vec<f64> = shares.into_iter().collect::<Result<_, _>>()?;
    let barley = Run::bundled("barley-walker", 1, 2700)?;
    shares.push(barley.header_pct() / barley.total_pct());
    let rice = Run::bundled("rice-tracked", 1, 2400)?;
    let soybean = Run::bundled("soybean-low", 1, 1500)?;
    let canola = Run::bundled("canola-fan", 1, 3000)?;
    let (right, fast, slow) = (canola.part(0, 1200), canola.part(1300, 2100), canola.part(2200, 3000));
    let yield_kg_ha = statistics::mean(&fast.rows.iter().map(|row| row.yield_kg_ha).collect::<Vec<_>>());
    Ok(vec![
        row(
            "wheat, trained operator: all loss",
            "%",
            wheat.total_pct(),
            (0.94, 3.7),
            "wheat tests, 0.94-3.7 % in ordinary ones",
        ),
        row(
            "small grains, five ways to work: share at the header",
            "%",
            100.0 * statistics::mean(&shares),
            (60.0, 95.0),
            "smallgrains.org 2003: usually over 60 %",
        ),
        row("barley: all loss", "%", barley.total_pct(), (3.9, 4.6), "Western Australia 2021 and 2022 (GroundCover)"),
        row(
            "rice: loss behind the machine",
            "%",
            rice.rear_pct(),
            (0.26, 2.26),
            "whole-crop rice combines (scribd 635959206, 2015)",
        ),
        row(
            "maize: all loss",
            "%",
            maize.total_pct(),
            (3.5, 4.1),
            "2,987 and 1,698 tests in China (Wang 2021; 2011-2015)",
        ),
        row(
            "maize: share at the header",
            "%",
            100.0 * maize.header_pct() / maize.total_pct(),
            (66.0, 77.0),
            "two thirds (ISU 2005) to 76.5 % (Wang 2021)",
        ),
        row(
            "soybean, low header: all loss",
            "%",
            soybean.total_pct(),
            (2.0, 4.0),
            "good conditions (Michigan State E3487, 2023)",
        ),
        row(
            "soybean: share at the header",
            "%",
            100.0 * soybean.header_pct() / soybean.total_pct(),
            (80.0, 92.0),
            "80-90 % (ARS-NC-7 1973), nearly 90 % (E3487)",
        ),
        row(
            "soybean, low bar: header loss",
            "%",
            soybean.header_pct(),
            (2.1, 4.5),
            "low-cut 2.1-2.4 % (RSM), contour bar 4.5 % (Int Agrophys 1999)",
        ),
        row(
            "canola: header loss",
            "%",
            canola.header_pct(),
            (0.97, 20.0),
            "rape header trials (Hobson & Bruce 2002; CRA-ING 2013; Zimmer 2006)",
        ),
        row(
            "canola, right fan: front and machine",
            "%",
            right.total_pct(),
            (3.2, 5.9),
            "3.2-3.3 % (WA 2021/22), 5.9 % with shed (Gulden, 310 fields)",
        ),
        row(
            "canola, slow fan: loss behind the machine",
            "kg/ha",
            slow.rear_pct() / 100.0 * yield_kg_ha,
            (11.0, 230.0),
            "50 combines, 0.2-4.1 bu/ac (PAMI 2019)",
        ),
        row(
            "canola, fan too fast: loss behind the machine",
            "kg/ha",
            fast.rear_pct() / 100.0 * yield_kg_ha,
            (110.0, 330.0),
            "217 kg/ha before the fan was slowed (GroundCover), half more or less",
        ),
    ])
}

/// Answers to load, wind, moisture, height and lodging; the run given is the usual one.
pub fn responses(usual: &Run) -> Result<Vec<CheckRow>, ScenarioError> {
    let at = |pace: f64| Run::varied("wheat-steady", 1200, |scenario| paced(scenario, pace));
    let (rotor_low, rotor_high) = (at(0.95)?, at(1.5)?);
    let rotor = elasticity(&rotor_low, &rotor_high);
    let wheat = Scenario::bundled("wheat")?.crop;
    let barley = Scenario::bundled("barley-walker")?.crop;
    let (in_wheat, walker) = walker_capacity(&wheat)?;
    let (in_barley, _) = walker_capacity(&barley)?;
    let wet = |moisture_pct: f64| {
        Run::varied("wheat-steady", 900, |scenario| {
            scenario.weather.dew_pct = 0.0;
            scenario.field.moisture_pct = moisture_pct;
        })
        .map(|run| run.total_pct())
    };
    let (dry, moist, tough) = (wet(13.0)?, wet(19.0)?, wet(26.0)?);
    let cleaning = |run: &Run| run.pct(|row| row.cleaning_loss_kg_s);
    let usual = cleaning(usual);
    let empty = cleaning(&Run::bundled("wheat-half-empty", 1, 1500)?);
    let full = cleaning(&Run::bundled("wheat-hurried", 1, 1500)?);
    let stubble = |height_m: f64| {
        Run::varied("canola-fan", 600, |scenario| scenario.task.cut_height_m = height_m)
            .map(|run| run.pct(|row| row.mog_kg_s))
    };
    let lodged = Run::varied("wheat-steady", 1800, |scenario| scenario.field.lodged_share = 1.0)?;
    Ok(vec![
        row(
            "wheat, rotor: load elasticity of the rear loss",
            "-",
            rotor,
            (1.0, 3.8),
            "1.0 (Pak-81) to 3.8 (PAMI worked example)",
        ),
        row(
            "walkers: load elasticity over that of the rotor",
            "-",
            walker / rotor,
            (1.0, 3.0),
            "walkers steep, rotors flat (PAMI tests)",
        ),
        row(
            "walkers: straw feed at 3 % loss, wheat over barley",
            "-",
            in_wheat / in_barley,
            (1.4, 2.0),
            "1.4-2.0 (PAMI: JD 7721, IH 1660, Roto-Thresh)",
        ),
        row(
            "shoe: loss half empty over loss at the usual load",
            "-",
            empty / usual,
            (1.02, 10.0),
            "loss high at low load (Craessaerts 2010)",
        ),
        row(
            "shoe: loss overloaded over loss at the usual load",
            "-",
            full / usual,
            (1.02, 10.0),
            "loss high at high load (Craessaerts 2010)",
        ),
        row(
            "wheat: loss at 13 % over loss at 19 % moisture",
            "-",
            dry / moist,
            (1.0, 5.0),
            "higher at both 13 and 26 % (Pakistan)",
        ),
        row(
            "wheat: loss at 26 % over loss at 19 % moisture",
            "-",
            tough / moist,
            (1.0, 5.0),
            "higher at both 13 and 26 % (Pakistan)",
        ),
        row(
            "rape: straw fed less with stubble from 0.2 to 0.3 m",
            "%",
            100.0 * (1.0 - stubble(0.3)? / stubble(0.2)?),
            (13.0, 18.0),
            "15.5 % of stem mass (winter rape, journals.nubip 12372)",
        ),
        row(
            "wheat, all lodged: header loss",
            "%",
            lodged.header_pct(),
            (11.0, 15.0),
            "about 13 % in normal harvest (Chinese trade magazine)",
        ),
    ])
}

/// Straw feed at which the walkers lose 3 %, kg/s, and their load elasticity, in a crop.
fn walker_capacity(crop: &Crop) -> Result<(f64, f64), ScenarioError> {
    let mut points = Vec::new();
    let mut runs = Vec::new();
    for pace in [1.4, 1.7, 2.0, 2.3] {
        let run = Run::varied("barley-walker", 700, |scenario| {
            // The same machine on a dry, level day, at the same straw feed.
            let straw = scenario.crop.straw_per_grain / crop.straw_per_grain;
            let grain = scenario.crop.yield_kg_ha / crop.yield_kg_ha;
            scenario.crop = crop.clone();
            (scenario.weather.dew_pct, scenario.field.headland_rounds) = (0.0, 0);
            scenario.task.speed_m_s *= straw * grain;
            paced(scenario, pace);
        })?;
        points.push((ln(run.rear_pct()), ln(run.mog_kg_s())));
        runs.push(run);
    }
    let (slope, intercept) = statistics::line(&points);
    Ok((exp(intercept + slope * ln(3.0)), elasticity(&runs[0], &runs[2])))
}
