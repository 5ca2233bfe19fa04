-- zh: 登记的机器
-- en: The machines of the register
SELECT m.device AS device, m.plate AS plate, m.name AS name FROM machines m ORDER BY m.device
