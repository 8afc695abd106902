-- No two holders of a duty in one area, or in one inside the other's, on one day.
select 4, a.duty, a.area,
  case when a.from_day > b.from_day then a.from_day else b.from_day end,
  case when a.until_day < b.until_day then a.until_day else b.until_day end
from scope a join inside i on i.area = a.area join scope b on b.duty = a.duty and b.area = i.upper
where (a.area <> b.area or a.id < b.id) and a.from_day < b.until_day and b.from_day < a.until_day
